// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.extension;

import java.util.Locale;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a cluster is called after whose it is: {@code CheckoutTest} has {@code checkout}, its test {@code paysOnce} {@code pays-once}. */
final class ScopeName {
    private static final int LONGEST = 56; // a DNS label has 63, and "-2" may follow

    private ScopeName() {}

    static String of(ExtensionContext owner) {
        return owner.getTestMethod()
                .map(method -> label(method.getName()))
                .or(() -> owner.getTestClass().map(type -> label(type.getSimpleName())))
                .orElse("shared");
    }

    /** When its cluster is closed: {@code the end of CheckoutTest}, {@code the end of CheckoutTest.paysOnce}. */
    static String end(ExtensionContext owner) {
        String type = owner.getTestClass().map(Class::getName).orElse("the run");
        return "the end of " + type
                + owner.getTestMethod().map(method -> "." + method.getName()).orElse("");
    }

    /** A DNS label that reads like an identifier of Java. */
    static String label(String identifier) {
        String plain = identifier.replaceFirst("(?<=.)(Tests?|IT)$", "");
        String words = plain.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-");
        String cut = words.substring(0, Math.min(LONGEST, words.length())).replaceAll("^-+|-+$", "");
        return cut.isEmpty() ? "test" : cut;
    }
}
