// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

/**
 * How much a client may ask of the server.
 *
 * @param body bytes of one request's body; more is answered 413
 * @param header bytes of one request's headers; more is answered 431
 * @param line bytes of the request line; more is answered 414
 * @param connections at one time; further ones are closed at once
 * @param streams requests at one time on one HTTP/2 connection
 */
public record Limits(int body, int header, int line, int connections, int streams) {
    /** Kubernetes' body limit and generous others. */
    public static final Limits STANDARD = new Limits(3 << 20, 64 << 10, 32 << 10, 10_000, 1_000);
}
