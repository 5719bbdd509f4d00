/**
 * The sockets of one event loop behind one contract: {@code Sockets}, fulfilled with the JDK's channels everywhere and
 * with epoll on Linux. Only the loop's own thread may touch them, except for {@code wake}. Start reading at
 * {@code Sockets}.
 */
package dev.fairlead.dataplane.socket;
