// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.wire.Timestamps;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What texts of a format look like. Formats nobody knows hold whatever the text. */
final class Formats {
    private static final Pattern UUID =
            Pattern.compile("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
    private static final Pattern MAC =
            Pattern.compile("(?i)[0-9a-f]{2}([:-][0-9a-f]{2}){5}|[0-9a-f]{4}(\\.[0-9a-f]{4}){2}");
    private static final Pattern HOSTNAME = Pattern.compile(
            "[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?)*\\.?");
    private static final Pattern EMAIL = Pattern.compile("[^\\s@<>]+@[^\\s@<>]+");
    private static final Pattern PART_OF_DURATION = Pattern.compile("\\d++(?:\\.\\d*+)?\\s*+([a-zµ]++)\\s*+");
    private static final Set<String> UNITS = Set.of(
            ("ns us µs ms s m h d w nano nanos micro micros milli millis second seconds minute minutes hour hours day days"
                            + " week weeks")
                    .split(" "));
    private static final Pattern HEX_COLOR = Pattern.compile("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})");

    private Formats() {}

    /** Whether {@code text} is of that format. */
    static boolean fits(String format, String text) {
        return switch (format) {
            case "date-time", "datetime" -> Timestamps.parse(text) != null;
            case "date" -> isDate(text);
            case "ipv4" -> isAddress(text, IpFamily.IPV4);
            case "ipv6" -> isAddress(text, IpFamily.IPV6);
            case "cidr" -> Cidr.parse(text).isPresent();
            case "uuid", "uuid3", "uuid4", "uuid5" -> UUID.matcher(text).matches();
            case "mac" -> MAC.matcher(text).matches();
            case "hostname" -> text.length() <= 255 && HOSTNAME.matcher(text).matches();
            case "email" -> EMAIL.matcher(text).matches();
            case "uri" -> isUri(text);
            case "byte" -> isBase64(text);
            case "duration" -> isDuration(text);
            case "hexcolor" -> HEX_COLOR.matcher(text).matches();
            default -> true;
        };
    }

    private static boolean isDate(String text) {
        try {
            return LocalDate.parse(text).toString().equals(text);
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean isAddress(String text, IpFamily family) {
        return IpAddress.parse(text)
                .filter(address -> address.family() == family)
                .isPresent();
    }

    /** Part after part: one pattern for all of them needs a stack as deep as there are parts. */
    private static boolean isDuration(String text) {
        if (text.equals("0")) {
            return true;
        }
        int at = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
        if (at == text.length()) {
            return false;
        }
        Matcher part = PART_OF_DURATION.matcher(text);
        while (at < text.length()) {
            if (!part.region(at, text.length()).lookingAt() || !UNITS.contains(part.group(1))) {
                return false;
            }
            at = part.end();
        }
        return true;
    }

    private static boolean isUri(String text) {
        try {
            return new URI(text).getScheme() != null || text.startsWith("/");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
