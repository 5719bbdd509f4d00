// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Somebody asks in the name of another, by the headers {@code Impersonate-User}, {@code -Group}, {@code -Uid} and {@code -Extra-}. */
public record Impersonation(Authorizer authorizer) {
    private static final String PREFIX = "impersonate-";
    /** Whether a header belongs to impersonation, so it is for this server alone. */
    public static boolean isHeader(String name) {
        return name.startsWith(PREFIX);
    }

    private static final String EXTRA = PREFIX + "extra-";
    private static final String GROUP = "authentication.k8s.io";

    /**
     * Lets pass who may be the user that is {@link #wanted}.
     *
     * @throws Refusal 403 when the asker may not be that user
     */
    public void require(Request request, User asker, User wanted) {
        String name = wanted.name();
        ServiceAccountName account = ServiceAccountName.of(name);
        if (account != null) {
            check(asker, "", "serviceaccounts", account.namespace(), account.name());
        } else {
            check(asker, "", "users", "", name);
        }
        values(request, PREFIX + "group").forEach(group -> check(asker, "", "groups", "", group));
        wanted.extra()
                .forEach((key, values) -> values.forEach(value -> check(asker, GROUP, "userextras/" + key, "", value)));
        if (!wanted.uid().isEmpty()) {
            check(asker, GROUP, "uids", "", wanted.uid());
        }
    }

    /**
     * In whose name a request is meant to be made, whether that may be or not; null when nobody is impersonated.
     *
     * @throws Refusal 500 when groups or the like are asked for and no user
     */
    public static @Nullable User wanted(Request request) {
        String name = values(request, PREFIX + "user").stream().findFirst().orElse("");
        List<String> groups = values(request, PREFIX + "group");
        String uid = request.headers().getOrDefault(PREFIX + "uid", "");
        Map<String, List<String>> extra = extra(request);
        if (name.isEmpty()) {
            if (!groups.isEmpty() || !uid.isEmpty() || !extra.isEmpty()) {
                throw Refusal.internal("requested groups, a uid or extra values without impersonating a user");
            }
            return null;
        }
        return new User(name, all(name, groups, ServiceAccountName.of(name)), uid, extra);
    }

    private static Set<String> all(String name, List<String> given, @Nullable ServiceAccountName account) {
        Set<String> groups = new LinkedHashSet<>(given);
        if (given.isEmpty() && account != null) {
            groups.addAll(account.groups());
        }
        boolean anonymous = name.equals(Identities.ANONYMOUS.name());
        Set<String> unknown = Identities.ANONYMOUS.groups();
        if (anonymous) {
            groups.addAll(unknown);
        } else if (Collections.disjoint(groups, unknown)) {
            groups.add(Identities.EVERYBODY);
        }
        return Collections.unmodifiableSet(groups);
    }

    private void check(User asker, String group, String resource, String namespace, String name) {
        Act act = new Act.OnObject("impersonate", group, resource, namespace, name);
        Decision decision = authorizer.decide(asker, act);
        if (!decision.allowed()) {
            int slash = resource.indexOf('/');
            String plural = slash < 0 ? resource : resource.substring(0, slash);
            throw Refusal.forbidden(group, plural, name, act.refused(asker, decision));
        }
    }

    private static List<String> values(Request request, String header) {
        String value = request.header(header);
        return value == null ? List.of() : List.of(value.split("\n", -1));
    }

    private static Map<String, List<String>> extra(Request request) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (String header : request.headers().keySet()) {
            if (header.startsWith(EXTRA)) {
                String key = header.substring(EXTRA.length());
                extra.computeIfAbsent(decoded(key), _ -> new ArrayList<>()).addAll(values(request, header));
            }
        }
        return extra;
    }

    private static String decoded(String key) {
        try {
            return URLDecoder.decode(key.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException asItIs) {
            return key;
        }
    }
}
