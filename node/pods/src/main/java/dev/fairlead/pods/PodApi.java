// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.client.ApiClient;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.pods.environment.Values;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What running pods asks of the Kubernetes API. Calls block; trouble on the way is an answer, not an exception. */
public interface PodApi {
    /** What came of a write. */
    enum Answer {
        /** It is done. */
        DONE,
        /** There is no such pod any more, or another one has its name. */
        GONE,
        /** It may work later. */
        RETRY
    }

    /** Over {@code client}. */
    static PodApi of(ApiClient client) {
        return new ClientPodApi(client);
    }

    /** Writes the status of the pod that has this name and uid; conditions of others are left as they are. */
    Answer writeStatus(ObjectName name, String uid, Map<String, Object> status) throws InterruptedException;

    /** Removes the object of a pod whose processes have ended. */
    Answer delete(ObjectName name, String uid) throws InterruptedException;

    /** A token of a service account, and when it ends. */
    record Token(String text, Instant expires) {}

    /**
     * A token for an account, good as long as the pod is there; null when there is no such account or pod, or no token for it.
     *
     * @param audience whom it is for; empty for the API
     * @param seconds how long it shall be good; the API may decide otherwise
     * @throws IOException when the API gave no answer
     */
    @Nullable
    Token token(ObjectName account, ObjectName pod, String uid, String audience, long seconds)
            throws IOException, InterruptedException;

    /**
     * Whether pods of that account get a token without asking; yes when there is no such account yet.
     *
     * @throws IOException when the API gave no answer
     */
    boolean mountsTokens(ObjectName account) throws IOException, InterruptedException;

    /**
     * What a ConfigMap or Secret holds; null when there is no such object.
     *
     * @throws IOException when the API gave no answer
     */
    Values.@Nullable Entries entries(boolean secret, ObjectName name) throws IOException, InterruptedException;
}
