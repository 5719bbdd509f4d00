// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.metrics;

import java.math.BigDecimal;

/** Numbers as Prometheus' own library writes them: {@code 0.25}, {@code 1e-05}, {@code 2.5e+06}; whole ones are whole. */
final class Numbers {
    /** Below ten to this power, and from ten to the other on, a number is written with an exponent. */
    private static final int SMALLEST = -4;

    private static final int LARGEST = 21;
    private static final double WHOLE = 1e15;

    private Numbers() {}

    static String text(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        if (value == Math.rint(value) && Math.abs(value) < WHOLE) {
            return Long.toString((long) value);
        }
        BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= SMALLEST && exponent < LARGEST) {
            return exact.toPlainString();
        }
        String digits = exact.unscaledValue().abs().toString();
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        String sign = exact.signum() < 0 ? "-" : "";
        String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        return sign + digits.charAt(0) + fraction + "e" + power;
    }
}
