// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.token;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.pki.SigningKey;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The keys of all servers over one store: the private one of this server, made or read when it is first needed, and all public ones. */
final class TokenKeys {
    private static final String PREFIX = "/fairlead/token-keys/";
    /** Names of keys that never count again, whoever shows them. */
    private static final String REVOKED = "/fairlead/token-keys-revoked/";

    private static final int LONGEST_ID = 100;
    private static final int COORDINATE = 32;

    private final Store store;
    private final Supplier<SigningKey> source;
    private final Map<String, PublicKey> known = new ConcurrentHashMap<>();
    private @Nullable SigningKey own;

    TokenKeys(Store store, Supplier<SigningKey> source) {
        this.store = store;
        this.source = source;
    }

    /**
     * The key to sign with, after its public half is where all servers find it.
     *
     * @throws Refusal 503 when it was revoked
     */
    synchronized SigningKey own() {
        SigningKey key = own == null ? source.get() : own;
        String place = PREFIX + key.id();
        if (store.get(REVOKED + key.id()).isPresent()) {
            throw Refusal.unavailable(
                    "the key by which this server signs tokens was revoked: stop it, remove sa.key and"
                            + " sa.pub from the folder pki of its data directory, and start it again");
        }
        if (store.get(place).isEmpty()) {
            try {
                store.commit(List.of(
                        Write.put(place, key.publicDer(), Expect.absent()),
                        Write.check(REVOKED + key.id(), Expect.absent())));
            } catch (ConflictException there) {
                // it is named by its content, so what is there is the same; one revoked meanwhile is told the next time
            }
        }
        own = key;
        return key;
    }

    /**
     * Has a key count no more, at once and on every server over the store.
     *
     * @throws Refusal 404 when there is no such key, 409 for the one that this server signs with
     */
    synchronized void revoke(String id) {
        if (own().id().equals(id)) {
            throw Refusal.of(
                    409,
                    "Conflict",
                    "this server signs tokens with that key; stop it, remove sa.key and sa.pub from the folder pki of its"
                            + " data directory, start it again, then revoke the key");
        }
        if (id.length() > LONGEST_ID || store.get(PREFIX + id).isEmpty()) {
            throw Refusal.of(404, "NotFound", "there is no key \"" + id + "\"; /openid/v1/jwks has those that count");
        }
        try {
            store.commit(List.of(
                    Write.delete(PREFIX + id, Expect.any()), Write.put(REVOKED + id, new byte[0], Expect.any())));
        } catch (ConflictException impossible) {
            throw new IllegalStateException("nothing is expected", impossible);
        }
    }

    /** The public key of that name; null when it is none of ours. */
    @Nullable
    PublicKey trusted(String id) {
        Entry entry = id.length() > LONGEST_ID ? null : store.get(PREFIX + id).orElse(null);
        if (entry == null) {
            known.remove(id);
            return null;
        }
        PublicKey key = known.get(id);
        if (key == null && SigningKey.id(entry.value()).equals(id)) {
            key = SigningKey.publicKey(entry.value());
            known.put(id, key);
        }
        return key;
    }

    /** All public keys as a JSON Web Key Set (RFC 7517). */
    Map<String, Object> published() {
        own();
        List<Object> keys = new ArrayList<>();
        for (Entry entry : store.prefix(PREFIX, 0, 0).entries()) {
            if (SigningKey.publicKey(entry.value()) instanceof ECPublicKey key) {
                Map<String, Object> jwk = new LinkedHashMap<>();
                jwk.put("use", "sig");
                jwk.put("kty", "EC");
                jwk.put("kid", SigningKey.id(entry.value()));
                jwk.put("crv", "P-256");
                jwk.put("alg", "ES256");
                jwk.put("x", coordinate(key.getW().getAffineX()));
                jwk.put("y", coordinate(key.getW().getAffineY()));
                keys.add(jwk);
            }
        }
        return Map.of("keys", keys);
    }

    private static String coordinate(BigInteger number) {
        byte[] signed = number.toByteArray();
        byte[] bytes = new byte[COORDINATE];
        int length = Math.min(signed.length, COORDINATE);
        System.arraycopy(signed, signed.length - length, bytes, COORDINATE - length, length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
