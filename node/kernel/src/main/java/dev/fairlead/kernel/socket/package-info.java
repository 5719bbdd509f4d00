/**
 * Raw non-blocking sockets and epoll for an event loop that moves bytes: descriptors are ints, buffers and addresses are
 * off-heap and preallocated, no call allocates, and an error is the negative number of {@link dev.fairlead.kernel.Errno}
 * as the kernel gives it, not an exception.
 *
 * <p>Invariants: one {@link dev.fairlead.kernel.socket.Sockets}, {@link dev.fairlead.kernel.socket.Epoll} and
 * {@link dev.fairlead.kernel.socket.Datagrams} belongs to one thread; every descriptor made here is non-blocking and
 * close-on-exec. A socket belongs to the network namespace of the thread that opened it: run the loop on a thread of
 * {@code Namespace.start}, or open the sockets in {@code Namespace.call}.
 *
 * <p>Start reading at {@link dev.fairlead.kernel.socket.Sockets}. The loop:
 *
 * <pre>{@code
 * Sockets sockets = new Sockets();
 * SocketAddress address = new SocketAddress().set(InetAddress.ofLiteral("10.96.0.1"), 80);
 * int listener = Sockets.require("listen", sockets.listenTcp(address, 1024));
 * try (Epoll epoll = new Epoll(256)) {
 *     epoll.add(listener, Epoll.IN, LISTENER);
 *     while (running) {
 *         int ready = epoll.await(-1);
 *         for (int i = 0; i < ready; i++) {
 *             handle(epoll.token(i), epoll.events(i)); // accept, recv, send until -EAGAIN
 *         }
 *         drainQueue(); // what other threads left before they called epoll.wake()
 *     }
 * }
 * }</pre>
 */
package dev.fairlead.kernel.socket;
