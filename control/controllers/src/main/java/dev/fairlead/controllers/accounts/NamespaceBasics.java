// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.accounts;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.controllers.Observed;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Gives each namespace its default service account and the cluster's root certificate. */
public final class NamespaceBasics {
    /** The account of pods that name none. */
    public static final String ACCOUNT = "default";
    /** The ConfigMap with the certificate. */
    public static final String ROOT = "kube-root-ca.crt";

    private static final String FILE = "ca.crt";

    private final ApiClient client;
    private final Observed seen;
    private final String certificate;
    private final Informer<ObjectName> accounts;
    private final Informer<Boolean> roots;

    /**
     * Makes the loop.
     *
     * @param certificate of the authority that signed the API's own, PEM
     */
    public NamespaceBasics(
            ApiClient client,
            Observed seen,
            String certificate,
            Function<WorkQueue.Worker<ObjectName>, WorkQueue<ObjectName>> queues) {
        this.client = client;
        this.seen = seen;
        this.certificate = certificate;
        this.accounts = seen.follow(Resources.SERVICE_ACCOUNTS, NamespaceBasics::name);
        this.roots = seen.follow(Resources.CONFIG_MAPS, this::right);
        WorkQueue<ObjectName> queue = queues.apply(this::work);
        seen.namespaces.handle((name, old, now, revision) -> queue.add(name));
        accounts.handle((name, old, now, revision) -> {
            if (name.name().equals(ACCOUNT)) {
                queue.add(new ObjectName("", name.namespace()));
            }
        });
        roots.handle((name, old, now, revision) -> {
            if (name.name().equals(ROOT)) {
                queue.add(new ObjectName("", name.namespace()));
            }
        });
    }

    private static ObjectName name(Tree object) {
        Tree meta = object.tree("metadata");
        return new ObjectName(meta.text("namespace", ""), meta.text("name", ""));
    }

    /** Whether a ConfigMap holds the certificate. Of all others the same is known: nothing, and at no cost. */
    private boolean right(Tree map) {
        return map.tree("data").text(FILE, "").equals(certificate);
    }

    private Outcome work(ObjectName namespace) throws IOException, InterruptedException {
        Observed.Namespace home = seen.namespaces.get(namespace);
        if (home == null || home.meta().deleting()) {
            return Outcome.done();
        }
        ObjectName account = new ObjectName(namespace.name(), ACCOUNT);
        if (accounts.get(account) == null) {
            create(Resources.SERVICE_ACCOUNTS, account, Map.of());
        }
        ObjectName root = new ObjectName(namespace.name(), ROOT);
        Boolean right = roots.get(root);
        Map<String, Object> data = Map.of(FILE, certificate);
        if (right == null) {
            create(Resources.CONFIG_MAPS, root, Map.of("data", data));
        } else if (!right) {
            client.patch(Resources.CONFIG_MAPS, root, new Patch.Merge(Map.of("data", data)));
        }
        return Outcome.done();
    }

    private void create(Resource kind, ObjectName name, Map<String, Object> content)
            throws IOException, InterruptedException {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", kind.apiVersion());
        object.put("kind", kind.kind());
        object.put("metadata", Map.of("name", name.name(), "namespace", name.namespace()));
        object.putAll(content);
        try {
            client.create(kind, object);
        } catch (ApiError error) {
            // there already, or the namespace has come to its end meanwhile
            if (!error.isAlreadyExists() && !error.isNotFound() && !error.isForbidden()) {
                throw error;
            }
        }
    }
}
