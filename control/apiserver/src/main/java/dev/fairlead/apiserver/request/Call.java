// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Request;
import java.util.List;

/** One request about objects, understood: what, which parameters, who asks, and in which form the answer goes. */
public record Call(Request request, Target target, Query query, Request.User user, Accept.Choice choice) {
    /** The kind it is about. */
    public Resource resource() {
        return target.resource();
    }

    /**
     * Whether everything is to be done but the storing.
     *
     * @throws Refusal 422 when {@code dryRun} is something else than {@code All}
     */
    public boolean dryRun() {
        return dryRun(options(), query.texts("dryRun"));
    }

    /**
     * What Kubernetes calls the parameters of such a request: {@code CreateOptions} of a POST.
     */
    public String options() {
        return switch (request.method()) {
            case "POST" -> "CreateOptions";
            case "PUT" -> "UpdateOptions";
            case "PATCH" -> "PatchOptions";
            default -> "DeleteOptions";
        };
    }

    /**
     * Whether everything is to be done but the storing, as {@code values} of {@code dryRun} in {@code options} say.
     *
     * @throws Refusal 422 when one of them is something else than {@code All}
     */
    public static boolean dryRun(String options, List<String> values) {
        for (String value : values) {
            if (!value.equals("All")) {
                throw Refusal.invalid(
                        "meta.k8s.io", options, "", List.of(Invalid.notSupported("dryRun", value, List.of("All"))));
            }
        }
        return !values.isEmpty();
    }

    /** How strictly a body's fields are taken. */
    public enum Strictness {
        IGNORE,
        WARN,
        STRICT
    }

    /**
     * What to do about unknown and repeated fields; {@code Warn} unless the client says otherwise.
     *
     * @throws Refusal 422 for an unknown word
     */
    public Strictness strictness() {
        return switch (query.text("fieldValidation")) {
            case "", "Warn" -> Strictness.WARN;
            case "Strict" -> Strictness.STRICT;
            case "Ignore" -> Strictness.IGNORE;
            default ->
                throw Refusal.invalid(
                        "meta.k8s.io",
                        options(),
                        "",
                        List.of(Invalid.notSupported(
                                "fieldValidation",
                                query.text("fieldValidation"),
                                List.of("Ignore", "Strict", "Warn"))));
        };
    }
}
