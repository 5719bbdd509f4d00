/**
 * The API on HTTPS: HTTP/1.1 and HTTP/2, client certificates and bearer tokens, watches as chunked bodies or WebSockets. The
 * only package that knows the HTTP library (Vert.x). It turns bytes into a {@code Request}, asks the {@code Api} on a virtual
 * thread, and writes the {@code Reply}; it decides nothing but who the client is and how much of it is too much.
 *
 * <p>Event loops move bytes and nothing else. A watch is written by its connection's event loop, which takes the next events only
 * after the last ones are written: a slow client stalls itself. Start reading at {@link dev.fairlead.apiserver.http.HttpsServer}.
 * {@link dev.fairlead.apiserver.http.Exchanges} is the way of one request: {@link dev.fairlead.apiserver.http.Came} holds it,
 * {@link dev.fairlead.apiserver.http.Clients} says whose it is, {@link dev.fairlead.apiserver.http.Upload} takes its body in, {@link
 * dev.fairlead.apiserver.http.Turns} counts it; {@link dev.fairlead.apiserver.http.Connections} are all there are. {@link
 * dev.fairlead.apiserver.http.Feed} writes a watch, {@link dev.fairlead.apiserver.http.Upgrades} makes WebSockets and SPDY of
 * connections. Whom the door turns away hears so from {@link dev.fairlead.apiserver.http.Exchanges}, which tells {@link
 * dev.fairlead.apiserver.http.TurnedAway}; {@link dev.fairlead.apiserver.http.Deadlines} are those of answers.
 */
package dev.fairlead.apiserver.http;
