// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts as Kubernetes writes them: {@code 500m}, {@code 64Mi}, {@code 1e3}. */
final class Quantity {
    private static final Pattern FORM =
            Pattern.compile("([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?)([numkMGTPE]|[KMGTPE]i)?");
    private static final Map<String, Integer> DECIMAL =
            Map.of("n", -9, "u", -6, "m", -3, "k", 3, "M", 6, "G", 9, "T", 12, "P", 15, "E", 18);
    private static final String BINARY = "KMGTPE";

    private Quantity() {}

    /** The amount, or empty when the text is none. */
    static Optional<BigDecimal> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(form.group(1));
        String unit = form.group(2);
        if (unit == null) {
            return Optional.of(number);
        }
        return Optional.of(
                unit.endsWith("i")
                        ? number.multiply(BigDecimal.valueOf(1024).pow(BINARY.indexOf(unit.charAt(0)) + 1))
                        : number.scaleByPowerOfTen(DECIMAL.getOrDefault(unit, 0)));
    }
}
