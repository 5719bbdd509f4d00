/**
 * Carries a RouteTable where processes connect: {@link dev.fairlead.dataplane.sockets.SocketPlane} puts programs of {@code
 * dataplane.hooks} at the sockets of a cgroup, on top of another data plane that carries what passes no such socket.
 */
package dev.fairlead.dataplane.sockets;
