// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.apiserver.pki.Pem;
import dev.fairlead.wire.exchange.Request.User;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who a client is: by its certificate (common name and organisations) or by its bearer token. */
public final class Identities implements TokenCheck {
    /** The group of everybody who is known. */
    public static final String EVERYBODY = "system:authenticated";

    /** Who nobody knows. */
    public static final User ANONYMOUS = new User("system:anonymous", Set.of("system:unauthenticated"));

    /** Who issues tokens, and whom they are for unless something else is said. */
    public static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

    private static final String BEARER = "Bearer ";

    private final Map<String, User> tokens;
    private final TokenCheck check;

    /** @param tokens the tokens that are good, and whose they are */
    public Identities(Map<String, User> tokens) {
        this(tokens, (_, _) -> TokenCheck.Checked.unknown());
    }

    /** @param check says whose a token is that is none of {@code tokens} */
    public Identities(Map<String, User> tokens, TokenCheck check) {
        this.tokens = Map.copyOf(tokens);
        this.check = check;
    }

    /** Who a verified client certificate stands for; null when it has no common name. */
    public @Nullable User of(X509Certificate certificate) {
        User user = Pem.user(certificate);
        return user.name().isEmpty() ? null : known(user);
    }

    /** Whether an {@code authorization} header carries a token; other schemes say nothing here. */
    public static boolean isToken(String authorization) {
        return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    }

    /** Whose token the {@code authorization} header carries; null when it is nobody's. */
    public @Nullable User of(String authorization) {
        return isToken(authorization)
                ? check(authorization.substring(BEARER.length()).strip(), List.of())
                        .user()
                : null;
    }

    /** Static tokens are for the API, whoever asks. */
    @Override
    public Checked check(String text, List<String> audiences) {
        byte[] given = text.getBytes(StandardCharsets.UTF_8);
        User found = null;
        for (Map.Entry<String, User> token : tokens.entrySet()) {
            // Every token is compared in constant time, so that the time taken tells nothing.
            if (MessageDigest.isEqual(given, token.getKey().getBytes(StandardCharsets.UTF_8))) {
                found = token.getValue();
            }
        }
        if (found == null) {
            return check.check(text, audiences);
        }
        boolean ours = audiences.isEmpty() || audiences.contains(ISSUER);
        return ours ? new Checked(known(found), List.of(ISSUER), "") : Checked.unknown();
    }

    private static User known(User user) {
        Set<String> groups = new LinkedHashSet<>(user.groups());
        groups.add(EVERYBODY);
        return user.in(Collections.unmodifiableSet(groups));
    }
}
