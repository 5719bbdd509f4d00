// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import java.time.Duration;

/**
 * Trouble on demand, each kind exactly when and as long as it is asked for. Trouble with the API befalls clients that come
 * over the network; controllers, the node, and what this library itself asks go on. Delays are by the {@linkplain
 * FairleadCluster#clock cluster's clock}: an hour of them is over when the clock was advanced by an hour. Each method may be
 * called again; {@link #heal} ends all of it.
 */
public interface Faults {
    /**
     * The next {@code PUT} or {@code PATCH} of an object of that kind, or of a part of it such as its status, is refused with 409
     * Conflict, as if somebody else had been faster. Calls add up.
     *
     * @param kind {@code Deployment}, {@code deployments}, {@code deploy}; of a kind the cluster serves at the moment
     */
    Faults conflictOnNextWrite(String kind);

    /**
     * The next {@code times} requests, whatever they are, are answered with {@code status} and nothing is done. Calls add up: {@code
     * answer(429, 2).answer(503, 1)} are three requests.
     *
     * @param status from 400 to 599; 429 comes with {@code Retry-After: 1}
     */
    Faults answer(int status, int times);

    /** All requests are answered with {@code status} until {@link #heal}. */
    Faults answer(int status);

    /** Each answer comes this much later; zero ends that. */
    Faults slowApi(Duration delay);

    /** Each event of a watch, those that are open too, comes this much later; zero ends that. */
    Faults slowWatches(Duration delay);

    /** All watches that are open break off without an end, as when a connection breaks. */
    Faults dropWatches();

    /**
     * Whatever clients have seen so far is forgotten: watches that are open end with an ERROR event of 410 Gone, and who asks to
     * go on from a revision of before gets 410 Gone. A new list is as good as ever.
     */
    Faults expireWatches();

    /** Reads and lists that allow it ({@code resourceVersion=0}) answer as things are now, until {@link #heal}. */
    Faults staleReads();

    /** Nobody answers at the API's address, open connections break; until {@link #apiBack}. */
    Faults apiAway();

    /** The API is back, at the same address, with everything it had. */
    Faults apiBack();

    /**
     * Changes of endpoints reach the data plane this much later; zero ends that.
     *
     * @param delay at most three minutes: a node takes a watch that is silent for longer for broken, and asks anew
     */
    Faults endpointLag(Duration delay);

    /**
     * The node sends no sign of life and hears nothing any more, until {@link #nodeBack}; its pods go on serving. 50 seconds later, by
     * the cluster's clock, it is {@code NotReady} and its pods are not ready.
     */
    Faults nodeLost();

    /** The node is back. */
    Faults nodeBack();

    /** Names of the cluster do not resolve, in this JVM and for processes: its DNS answers SERVFAIL until {@link #heal}. */
    Faults dnsFails();

    /** Ends all trouble: the API and the node are back, what was late comes at once. */
    Faults heal();
}
