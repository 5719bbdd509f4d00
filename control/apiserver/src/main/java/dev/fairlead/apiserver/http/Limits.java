// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import java.time.Duration;

/**
 * How much a client may ask of the server.
 *
 * @param body bytes of one request's body; more is answered 413
 * @param connectionBodies bytes that may wait for the rest of their bodies on one connection; more are answered 429
 * @param bodies the same of all connections; a quarter of it is for clients that nobody knows
 * @param header bytes of one request's headers; more is answered 431
 * @param line bytes of the request line; more is answered 414
 * @param connections at one time; further ones are closed at once
 * @param streams requests at one time on one HTTP/2 connection
 * @param requests being answered at one time, streams that have begun not counted; more are answered 429
 * @param userRequests the same of one user
 * @param upload how long a request's body may take to come; a slower one is answered 408
 * @param answer how long the answer to a request may take to begin; a slower one is 504
 * @param idle how long a connection may be open without a request
 */
public record Limits(
        int body,
        long connectionBodies,
        long bodies,
        int header,
        int line,
        int connections,
        int streams,
        int requests,
        int userRequests,
        Duration upload,
        Duration answer,
        Duration idle) {
    /** Kubernetes' body limit and generous others. */
    public static final Limits STANDARD = new Limits(
            3 << 20,
            16 << 20,
            128 << 20,
            64 << 10,
            32 << 10,
            10_000,
            1_000,
            600,
            200,
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofMinutes(3));

    /** These limits with another for one body. */
    public Limits withBody(int bytes) {
        return new Limits(
                bytes,
                connectionBodies,
                bodies,
                header,
                line,
                connections,
                streams,
                requests,
                userRequests,
                upload,
                answer,
                idle);
    }

    /** These limits with others for requests at one time. */
    public Limits withRequests(int inAll, int ofUser) {
        return new Limits(
                body,
                connectionBodies,
                bodies,
                header,
                line,
                connections,
                streams,
                inAll,
                ofUser,
                upload,
                answer,
                idle);
    }

    /** These limits with others for bodies that wait for their rest. */
    public Limits withBodies(long ofConnection, long inAll) {
        return new Limits(
                body,
                ofConnection,
                inAll,
                header,
                line,
                connections,
                streams,
                requests,
                userRequests,
                upload,
                answer,
                idle);
    }

    /** These limits with another number of connections. */
    public Limits withConnections(int atOneTime) {
        return new Limits(
                body,
                connectionBodies,
                bodies,
                header,
                line,
                atOneTime,
                streams,
                requests,
                userRequests,
                upload,
                answer,
                idle);
    }

    /** These limits with others for clients that take their time. */
    public Limits withPatience(Duration forBodies, Duration forRequests) {
        return new Limits(
                body,
                connectionBodies,
                bodies,
                header,
                line,
                connections,
                streams,
                requests,
                userRequests,
                forBodies,
                answer,
                forRequests);
    }

    /** These limits with another time for answers. */
    public Limits withAnswers(Duration within) {
        return new Limits(
                body,
                connectionBodies,
                bodies,
                header,
                line,
                connections,
                streams,
                requests,
                userRequests,
                upload,
                within,
                idle);
    }
}
