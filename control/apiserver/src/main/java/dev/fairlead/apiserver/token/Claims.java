// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.token;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.access.ServiceAccountName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request.User;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token says.
 *
 * @param account whose it is
 * @param bound what else must be there for it to be good: by kind ({@code pod}, {@code secret}, {@code node})
 * @param id tells tokens apart
 */
record Claims(
        ServiceAccountName account,
        String uid,
        Map<String, Reference> bound,
        List<String> audiences,
        Instant issued,
        Instant expires,
        String id) {
    /** Who issues tokens, and for whom they are unless somebody says otherwise: the API, by the name that pods know. */
    static final String ISSUER = Identities.ISSUER;

    private static final String OURS = "kubernetes.io";

    /** An object by name and uid. */
    record Reference(String name, String uid) {
        Map<String, Object> tree() {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("name", name);
            tree.put("uid", uid);
            return tree;
        }
    }

    /** Reads the claims of a token; null when they are not those of a service account's token of ours. */
    static @Nullable Claims from(Tree claims) {
        Tree ours = claims.tree(OURS);
        Tree account = ours.tree("serviceaccount");
        ServiceAccountName name = new ServiceAccountName(ours.text("namespace", ""), account.text("name", ""));
        if (!claims.text("iss", "").equals(ISSUER)
                || account.fields().isEmpty()
                || !claims.text("sub", "").equals(name.user())) {
            return null;
        }
        Map<String, Reference> bound = new LinkedHashMap<>();
        for (String kind : List.of("pod", "secret", "node")) {
            if (ours.has(kind)) {
                Tree object = ours.tree(kind);
                bound.put(kind, new Reference(object.text("name", ""), object.text("uid", "")));
            }
        }
        return new Claims(
                name,
                account.text("uid", ""),
                bound,
                claims.texts("aud"),
                Instant.ofEpochSecond(claims.whole("nbf", Long.MAX_VALUE / 1_000_000)),
                Instant.ofEpochSecond(claims.whole("exp", 0)),
                claims.text("jti", ""));
    }

    /** The claims as a token carries them. */
    Map<String, Object> tree() {
        Map<String, Object> ours = new LinkedHashMap<>();
        ours.put("namespace", account.namespace());
        bound.forEach((kind, reference) -> ours.put(kind, reference.tree()));
        ours.put("serviceaccount", new Reference(account.name(), uid).tree());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("aud", new ArrayList<Object>(audiences));
        tree.put("exp", expires.getEpochSecond());
        tree.put("iat", issued.getEpochSecond());
        tree.put("iss", ISSUER);
        tree.put("jti", id);
        tree.put(OURS, ours);
        tree.put("nbf", issued.getEpochSecond());
        tree.put("sub", account.user());
        return tree;
    }

    /** Who shows a token with these claims. */
    User user() {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        extra.put("authentication.kubernetes.io/credential-id", List.of("JTI=" + id));
        for (String kind : List.of("node", "pod")) {
            Reference reference = bound.get(kind);
            if (reference != null) {
                extra.put("authentication.kubernetes.io/" + kind + "-name", List.of(reference.name()));
                extra.put("authentication.kubernetes.io/" + kind + "-uid", List.of(reference.uid()));
            }
        }
        return account.known(uid, extra);
    }
}
