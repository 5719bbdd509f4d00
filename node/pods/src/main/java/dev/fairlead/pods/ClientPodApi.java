// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.environment.Values;
import dev.fairlead.wire.Null;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Statuses travel as strategic merge patches, as a kubelet sends them: conditions are merged by type. */
final class ClientPodApi implements PodApi {
    private static final System.Logger LOG = System.getLogger(ClientPodApi.class.getName());

    private final ApiClient client;

    ClientPodApi(ApiClient client) {
        this.client = client;
    }

    private interface Call {
        void run() throws IOException, InterruptedException;
    }

    @Override
    public Answer writeStatus(ObjectName name, String uid, Map<String, Object> status) throws InterruptedException {
        Map<String, Object> patch = new LinkedHashMap<>();
        patch.put("metadata", Map.of("uid", uid)); // another pod of that name has another uid: a conflict
        patch.put("status", patch(status));
        return answer(
                "write the status of pod " + name,
                () -> client.patch(Resources.PODS, name, "status", new Patch.Strategic(patch)));
    }

    /** Merging keeps what a patch does not name, so a condition without reason or message says that it has none. */
    private static Map<String, Object> patch(Map<String, Object> status) {
        List<Object> conditions = new ArrayList<>();
        for (Tree condition : Tree.of(status).trees("conditions")) {
            Map<String, Object> whole = new LinkedHashMap<>(condition.fields());
            whole.putIfAbsent("reason", Null.NULL);
            whole.putIfAbsent("message", Null.NULL);
            conditions.add(whole);
        }
        Map<String, Object> patch = new LinkedHashMap<>(status);
        patch.put("conditions", conditions);
        return patch;
    }

    @Override
    public Answer delete(ObjectName name, String uid) throws InterruptedException {
        return answer(
                "delete pod " + name, () -> client.delete(Resources.PODS, name, new Deletion(null, 0, uid, null)));
    }

    @Override
    public @Nullable Token token(ObjectName account, ObjectName pod, String uid, String audience, long seconds)
            throws IOException, InterruptedException {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("audiences", audience.isEmpty() ? List.of() : List.of(audience));
        spec.put("expirationSeconds", seconds);
        spec.put("boundObjectRef", Map.of("kind", "Pod", "apiVersion", "v1", "name", pod.name(), "uid", uid));
        try {
            Tree status = client.create(
                            Resources.SERVICE_ACCOUNTS,
                            account,
                            "token",
                            Map.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest", "spec", spec))
                    .tree("status");
            return new Token(status.text("token", ""), Instant.parse(status.text("expirationTimestamp", "")));
        } catch (ApiError refused) {
            if (refused.isTransient()) {
                throw new IOException(refused.getMessage(), refused);
            }
            LOG.log(System.Logger.Level.DEBUG, "no token for pod {0}: {1}", pod, refused.getMessage());
            return null;
        }
    }

    @Override
    public boolean mountsTokens(ObjectName account) throws IOException, InterruptedException {
        Tree found = client.find(Resources.SERVICE_ACCOUNTS, account);
        return found == null || found.truth("automountServiceAccountToken", true);
    }

    @Override
    public Values.@Nullable Entries entries(boolean secret, ObjectName name) throws IOException, InterruptedException {
        Tree object = client.find(secret ? Resources.SECRETS : Resources.CONFIG_MAPS, name);
        if (object == null) {
            return null;
        }
        Map<String, String> data = object.textMap("data");
        return secret
                ? new Values.Entries(decoded(data), Map.of())
                : new Values.Entries(Values.Entries.of(data).texts(), decoded(object.textMap("binaryData")));
    }

    private static Map<String, byte[]> decoded(Map<String, String> data) {
        Map<String, byte[]> decoded = new LinkedHashMap<>();
        data.forEach((key, value) -> decoded.put(key, Base64.getDecoder().decode(value)));
        return decoded;
    }

    private static Answer answer(String what, Call call) throws InterruptedException {
        try {
            call.run();
            return Answer.DONE;
        } catch (ApiError error) {
            if (error.isNotFound() || error.isConflict()) {
                return Answer.GONE;
            }
            LOG.log(
                    error.isTransient() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "cannot {0}: {1}",
                    what,
                    error.getMessage());
            return Answer.RETRY;
        } catch (IOException noAnswer) {
            LOG.log(System.Logger.Level.DEBUG, "cannot {0}: {1}", what, noAnswer.getMessage());
            return Answer.RETRY;
        }
    }
}
