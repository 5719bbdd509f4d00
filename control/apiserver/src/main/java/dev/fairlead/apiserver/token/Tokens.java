// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.token;

import dev.fairlead.apiserver.access.TokenCheck;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.pki.SigningKey;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Issues and checks tokens. A signature is checked once for each token; what can change, the time and whether what the token is
 * bound to is still there, is looked at with each request, and an object that is as it was when last looked at is not read
 * again.
 */
public final class Tokens implements TokenCheck {
    /** How many tokens are remembered as well signed; beyond that the memory begins anew. */
    private static final int REMEMBERED = 10_000;
    /** How long a token is good after the end of what it is bound to has begun, as in Kubernetes. */
    private static final Duration FAREWELL = Duration.ofMinutes(1);

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final Store store;
    private final Kinds kinds;
    private final Time time;
    private final TokenKeys keys;
    private final Map<String, Signed> signed = new ConcurrentHashMap<>();

    /** @param key the server's own key, asked for when it is first needed */
    public Tokens(Store store, Kinds kinds, Time time, Supplier<SigningKey> key) {
        this.store = store;
        this.kinds = kinds;
        this.time = time;
        this.keys = new TokenKeys(store, key);
    }

    /** A token whose signature is good. */
    private record Signed(String key, Claims claims, List<Living> bound) {}

    /** An object that must be there, and the revision at which it was last seen to be the same. */
    private static final class Living {
        private final String what;
        private final String key;
        private final String uid;
        private volatile long seen;

        Living(String what, String key, String uid) {
            this.what = what;
            this.key = key;
            this.uid = uid;
        }

        boolean lives(Store store, Instant now) {
            Entry entry = store.get(key).orElse(null);
            if (entry == null) {
                return false;
            }
            if (entry.modRevision() == seen) {
                return true;
            }
            Tree meta = new Tree(Json.object(entry.value())).tree("metadata");
            if (!meta.text("uid", "").equals(uid)) {
                return false;
            }
            String end = meta.text("deletionTimestamp", "");
            if (!end.isEmpty()) {
                return now.isBefore(Instant.parse(end).plus(FAREWELL));
            }
            seen = entry.modRevision();
            return true;
        }
    }

    /** The token that says {@code claims}. */
    String issue(Claims claims) {
        SigningKey key = keys.own();
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("alg", "ES256");
        header.put("kid", key.id());
        String text =
                ENCODER.encodeToString(Json.write(header)) + "." + ENCODER.encodeToString(Json.write(claims.tree()));
        return text + "." + ENCODER.encodeToString(key.sign(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /**
     * Has a key count no more.
     *
     * @throws Refusal 404 when there is no such key, 409 for the one that this server signs with
     */
    void revoke(String key) {
        keys.revoke(key);
    }

    /** All public keys as a JSON Web Key Set. */
    Map<String, Object> published() {
        return keys.published();
    }

    @Override
    public Checked check(String token, List<String> audiences) {
        Signed known = signed.get(token);
        if (known == null) {
            known = read(token);
            if (known == null) {
                return Checked.unknown();
            }
            if (signed.size() >= REMEMBERED) {
                signed.clear();
            }
            signed.put(token, known);
        } else if (keys.trusted(known.key()) == null) {
            return Checked.unknown();
        }
        return check(known, audiences.isEmpty() ? List.of(Claims.ISSUER) : audiences);
    }

    private Checked check(Signed token, List<String> audiences) {
        Claims claims = token.claims();
        Instant now = time.now();
        if (!now.isBefore(claims.expires())) {
            return Checked.refused("service account token has expired");
        }
        if (now.plusSeconds(10).isBefore(claims.issued())) {
            return Checked.refused("service account token is not valid yet");
        }
        List<String> common = new ArrayList<>(audiences);
        common.retainAll(claims.audiences());
        if (common.isEmpty()) {
            return Checked.refused(
                    "token audiences " + claims.audiences() + " is invalid for the target audiences " + audiences);
        }
        for (Living living : token.bound()) {
            if (!living.lives(store, now)) {
                return Checked.refused("service account token has been invalidated: " + living.what);
            }
        }
        return new Checked(claims.user(), common, "");
    }

    private @Nullable Signed read(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || token.length() > 16_384) {
            return null;
        }
        try {
            Base64.Decoder decoder = Base64.getUrlDecoder();
            Tree header = new Tree(Json.object(decoder.decode(parts[0])));
            String id = header.text("kid", "");
            PublicKey key = header.text("alg", "").equals("ES256") ? keys.trusted(id) : null;
            byte[] text = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
            if (key == null || !SigningKey.verifies(key, text, decoder.decode(parts[2]))) {
                return null;
            }
            Claims claims = Claims.from(new Tree(Json.object(decoder.decode(parts[1]))));
            return claims == null ? null : new Signed(id, claims, bound(claims));
        } catch (IllegalArgumentException | SyntaxException malformed) {
            return null;
        }
    }

    private List<Living> bound(Claims claims) {
        String namespace = claims.account().namespace();
        List<Living> bound = new ArrayList<>();
        bound.add(new Living(
                "the service account is gone",
                key("ServiceAccount", namespace, claims.account().name()),
                claims.uid()));
        claims.bound().forEach((kind, reference) -> {
            String name = Character.toUpperCase(kind.charAt(0)) + kind.substring(1);
            // The node beside a pod is told, not asked for: the pod's own end is what counts.
            if (!kind.equals("node") || !claims.bound().containsKey("pod")) {
                bound.add(new Living(
                        "the " + kind + " " + reference.name() + " is gone",
                        key(name, namespace, reference.name()),
                        reference.uid()));
            }
        });
        return List.copyOf(bound);
    }

    private String key(String kind, String namespace, String name) {
        return kinds.require("v1", kind).key(namespace, name);
    }
}
