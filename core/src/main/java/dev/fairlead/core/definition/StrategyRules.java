// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with the way a Deployment replaces its pods. */
final class StrategyRules {
    private static final String ROLLING = "spec.strategy.rollingUpdate";

    private StrategyRules() {}

    static void check(Tree spec, Errors errors) {
        long ready = spec.whole("minReadySeconds", 0);
        errors.notNegative("spec.revisionHistoryLimit", spec.whole("revisionHistoryLimit", 0));
        long deadline = spec.whole("progressDeadlineSeconds", 600);
        errors.notNegative("spec.progressDeadlineSeconds", deadline);
        if (deadline <= ready) {
            errors.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
        }
        Tree strategy = spec.tree("strategy");
        String type = strategy.text("type", "");
        switch (type) {
            case "RollingUpdate" -> rolling(strategy.tree("rollingUpdate"), errors);
            case "Recreate" -> {
                if (strategy.has("rollingUpdate")) {
                    errors.forbidden(ROLLING, "may not be specified when strategy `type` is 'Recreate'");
                }
            }
            default ->
                errors.add(Invalid.notSupported("spec.strategy.type", type, List.of("Recreate", "RollingUpdate")));
        }
    }

    private static void rolling(Tree rolling, Errors errors) {
        Object unavailable = rolling.value("maxUnavailable");
        Object surge = rolling.value("maxSurge");
        countOrShare(unavailable, ROLLING + ".maxUnavailable", errors);
        countOrShare(surge, ROLLING + ".maxSurge", errors);
        if (zero(unavailable) && zero(surge)) {
            errors.invalid(ROLLING + ".maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0");
        }
        notMoreThanAll(unavailable, ROLLING + ".maxUnavailable", errors);
    }

    /** At most all, when it is a percentage. */
    static void notMoreThanAll(@Nullable Object value, String path, Errors errors) {
        IntOrPercent share = IntOrPercent.read(value, new IntOrPercent(0, false));
        if (share.percent() && share.amount() > 100) {
            errors.invalid(path, value, "must not be greater than 100%");
        }
    }

    /** A count that is not negative, or a percentage. */
    static void countOrShare(@Nullable Object value, String path, Errors errors) {
        if (value instanceof Number number) {
            errors.notNegative(path, number.longValue());
        } else if (value instanceof String text && !text.matches("[0-9]{1,9}%")) {
            errors.invalid(
                    path,
                    text,
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%',"
                            + " regex used for validation is '[0-9]+%')");
        }
    }

    /** Whether it is none at all. */
    static boolean zero(@Nullable Object value) {
        return IntOrPercent.read(value, new IntOrPercent(1, false)).amount() == 0;
    }
}
