// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.token;

import dev.fairlead.apiserver.access.NodeUser;
import dev.fairlead.apiserver.access.ServiceAccountName;
import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** {@code serviceaccounts/token}: issues tokens for an account; and what others need to check them without asking. */
public final class TokenRequests {
    private static final String KEYS = "/openid/v1/jwks";
    private static final String CONFIGURATION = "/.well-known/openid-configuration";
    private static final long SHORTEST = 600;
    private static final long LONGEST = 1L << 32;
    private static final long USUAL = 3600;

    private final Store store;
    private final Kinds kinds;
    private final Time time;
    private final RandomGenerator random;
    private final Tokens tokens;

    /** Issues {@code tokens} for the accounts of {@code store}. */
    public TokenRequests(Store store, Kinds kinds, Time time, RandomGenerator random, Tokens tokens) {
        this.store = store;
        this.kinds = kinds;
        this.time = time;
        this.random = random;
        this.tokens = tokens;
    }

    /** Where keys and issuer are told. */
    public List<String> paths() {
        return List.of(KEYS, CONFIGURATION);
    }

    /** The answer at one of {@link #paths}; null for others. */
    public @Nullable Reply answer(String path) {
        return switch (path) {
            case KEYS -> Answers.typed(200, "application/jwk-set+json", Json.write(tokens.published()));
            case CONFIGURATION -> {
                Map<String, Object> told = new LinkedHashMap<>();
                told.put("issuer", Claims.ISSUER);
                told.put("jwks_uri", Claims.ISSUER + KEYS);
                told.put("response_types_supported", List.of("id_token"));
                told.put("subject_types_supported", List.of("public"));
                told.put("id_token_signing_alg_values_supported", List.of("ES256"));
                yield Answers.json(200, told);
            }
            default -> null;
        };
    }

    /**
     * Has a key count no more, where {@code path} names one.
     *
     * @return null for other paths
     * @throws Refusal 404 when there is no such key, 409 for the one that this server signs with
     */
    public @Nullable Reply revoke(String path) {
        if (!path.startsWith(KEYS + "/") || path.length() == KEYS.length() + 1) {
            return null;
        }
        tokens.revoke(path.substring(KEYS.length() + 1));
        return Answers.json(
                200, Map.of("kind", "Status", "apiVersion", "v1", "metadata", Map.of(), "status", "Success"));
    }

    /** The {@code TokenRequest} that was made, with the token in its status. A node gets tokens of its own pods only. */
    public Reply issue(Target target, Map<String, Object> asked, User user) {
        Resource accounts = target.resource();
        Tree account = object(accounts, target.namespace(), target.name());
        Tree spec = new Tree(asked).tree("spec");
        long seconds = spec.whole("expirationSeconds", USUAL);
        List<Invalid> errors = new ArrayList<>();
        if (seconds < SHORTEST) {
            errors.add(Invalid.invalid(
                    "spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes"));
        } else if (seconds > LONGEST) {
            errors.add(Invalid.invalid(
                    "spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds"));
        }
        if (!errors.isEmpty()) {
            throw Refusal.invalid("authentication.k8s.io", "TokenRequest", "", errors);
        }
        List<String> audiences = spec.texts("audiences").isEmpty() ? List.of(Claims.ISSUER) : spec.texts("audiences");
        ofOwnPods(user, target, spec.tree("boundObjectRef"));
        Instant now = Instant.ofEpochSecond(time.now().getEpochSecond());
        Claims claims = new Claims(
                new ServiceAccountName(target.namespace(), target.name()),
                account.tree("metadata").text("uid", ""),
                bound(target, spec.tree("boundObjectRef")),
                audiences,
                now,
                now.plusSeconds(seconds),
                new UUID(random.nextLong(), random.nextLong()).toString());
        return Answers.json(201, request(target, spec, claims, seconds));
    }

    private void ofOwnPods(User user, Target target, Tree reference) {
        String node = NodeUser.name(user);
        if (node == null) {
            return;
        }
        if (!reference.text("kind", "").equals("Pod")) {
            throw Refusal.forbidden(target.resource(), target.name(), "node requested token not bound to a pod");
        }
        Tree pod = object(kinds.require("v1", "Pod"), target.namespace(), reference.text("name", ""));
        if (node.isEmpty() || !node.equals(pod.tree("spec").text("nodeName", ""))) {
            throw Refusal.forbidden(
                    target.resource(),
                    target.name(),
                    "node requested token bound to a pod scheduled on a different node");
        }
    }

    private Map<String, Object> request(Target target, Tree spec, Claims claims, long seconds) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", target.name());
        metadata.put("namespace", target.namespace());
        metadata.put("creationTimestamp", Timestamps.seconds(claims.issued()));
        Map<String, Object> filled = new LinkedHashMap<>();
        filled.put("audiences", new ArrayList<Object>(claims.audiences()));
        filled.put("expirationSeconds", seconds);
        if (spec.has("boundObjectRef")) {
            filled.put("boundObjectRef", spec.tree("boundObjectRef").fields());
        }
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("token", tokens.issue(claims));
        status.put("expirationTimestamp", Timestamps.seconds(claims.expires()));
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", "TokenRequest");
        tree.put("apiVersion", "authentication.k8s.io/v1");
        tree.put("metadata", metadata);
        tree.put("spec", filled);
        tree.put("status", status);
        return tree;
    }

    private Map<String, Claims.Reference> bound(Target target, Tree reference) {
        if (reference.fields().isEmpty()) {
            return Map.of();
        }
        String kind = reference.text("kind", "");
        String version = reference.text("apiVersion", "v1");
        if (!version.equals("v1") || !List.of("Pod", "Secret", "Node").contains(kind)) {
            throw Refusal.badRequest("cannot bind token to object of type " + version + ", Kind=" + kind);
        }
        Resource resource = kinds.require("v1", kind);
        String name = reference.text("name", "");
        Tree object = object(resource, target.namespace(), name);
        String uid = object.tree("metadata").text("uid", "");
        String wanted = reference.text("uid", uid);
        if (!wanted.equals(uid)) {
            throw Refusal.conflict(
                    resource,
                    name,
                    "the UID in the bound object reference (" + wanted
                            + ") does not match the UID in record. The object"
                            + " might have been deleted and then recreated");
        }
        Map<String, Claims.Reference> bound = new LinkedHashMap<>();
        if (kind.equals("Pod")) {
            Tree spec = object.tree("spec");
            if (!spec.text("serviceAccountName", "default").equals(target.name())) {
                throw Refusal.badRequest("cannot bind token for serviceaccount \"" + target.name()
                        + "\" to pod running with different serviceaccount name.");
            }
            node(spec.text("nodeName", ""), bound);
        }
        bound.put(kind.toLowerCase(java.util.Locale.ROOT), new Claims.Reference(name, uid));
        return bound;
    }

    /** The node on which a pod runs, so far as it is known. */
    private void node(String name, Map<String, Claims.Reference> bound) {
        if (!name.isEmpty()) {
            store.get(kinds.require("v1", "Node").key("", name)).ifPresent(entry -> {
                Tree meta = new Tree(Json.object(entry.value())).tree("metadata");
                bound.put("node", new Claims.Reference(name, meta.text("uid", "")));
            });
        }
    }

    private Tree object(Resource resource, String namespace, String name) {
        return new Tree(Json.object(store.get(resource.key(namespace, name))
                .orElseThrow(() -> Refusal.notFound(resource, name))
                .value()));
    }
}
