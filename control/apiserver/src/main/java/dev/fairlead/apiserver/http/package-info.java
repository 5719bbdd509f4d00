/**
 * The API on HTTPS: HTTP/1.1 and HTTP/2, client certificates and bearer tokens, watches as chunked bodies or WebSockets. The
 * only package that knows the HTTP library (Vert.x). It turns bytes into a {@code Request}, asks the {@code Api} on a virtual
 * thread, and writes the {@code Reply}; it decides nothing but who the client is and how much of it is too much.
 *
 * <p>Event loops move bytes and nothing else. A watch has one virtual thread that takes the next events only after the last
 * ones are written: a slow client stalls itself. Start reading at {@link dev.fairlead.apiserver.http.HttpsServer}.
 * Whom the door turns away hears so from {@link dev.fairlead.apiserver.http.Exchanges}, which tells {@link
 * dev.fairlead.apiserver.http.TurnedAway}; {@link dev.fairlead.apiserver.http.Deadlines} are those of answers.
 */
package dev.fairlead.apiserver.http;
