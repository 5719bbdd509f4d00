// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.definition.ResourceField;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a pod may ask about itself, for {@code fieldRef} and {@code resourceFieldRef}.
 *
 * @param podIps primary first
 * @param allocatable what the node has, by resource, for containers without limits: {@code cpu} in processors, {@code memory}
 *     in bytes
 */
public record PodFields(PodSpec pod, List<String> podIps, List<String> hostIps, Map<String, Long> allocatable) {
    /** The value of a field; null when a pod has no such field to ask for. */
    public @Nullable String field(String path) {
        return switch (path) {
            case "metadata.name" -> pod.name().name();
            case "metadata.namespace" -> pod.name().namespace();
            case "metadata.uid" -> pod.uid();
            case "spec.nodeName" -> pod.nodeName();
            case "spec.serviceAccountName" -> pod.serviceAccount();
            case "status.podIP" -> first(podIps);
            case "status.podIPs" -> String.join(",", podIps);
            case "status.hostIP" -> first(hostIps);
            case "status.hostIPs" -> String.join(",", hostIps);
            default -> subscript(path);
        };
    }

    /** The same for a file, which may also hold all labels or annotations. */
    public @Nullable String fileOf(String path) {
        return switch (path) {
            case "metadata.labels" -> lines(pod.labels());
            case "metadata.annotations" -> lines(pod.annotations());
            default -> field(path);
        };
    }

    /** The amount in units of the divisor, rounded up; null when nothing is known of such a resource. */
    public @Nullable String resource(ResourceField field, ContainerSpec asking) {
        ContainerSpec container = field.container().isEmpty()
                ? asking
                : pod.all().stream()
                        .filter(one -> one.name().equals(field.container()))
                        .findFirst()
                        .orElse(null);
        int dot = field.resource().indexOf('.');
        if (container == null || dot < 0) {
            return null;
        }
        String name = field.resource().substring(dot + 1);
        String limit = container.limits().get(name);
        String text = switch (field.resource().substring(0, dot)) {
            case "limits" -> limit != null ? limit : text(allocatable.get(name));
            case "requests" -> container.requests().getOrDefault(name, limit == null ? "0" : limit);
            default -> null;
        };
        BigDecimal amount = text == null ? null : Quantity.parse(text).orElse(null);
        BigDecimal divisor = Quantity.parse(field.divisor())
                .filter(unit -> unit.signum() > 0)
                .orElse(BigDecimal.ONE);
        return amount == null
                ? null
                : amount.divide(divisor, 0, RoundingMode.CEILING).toPlainString();
    }

    private @Nullable String subscript(String path) {
        int open = path.indexOf("['");
        if (open < 0 || !path.endsWith("']")) {
            return null;
        }
        String key = path.substring(open + 2, path.length() - 2);
        return switch (path.substring(0, open)) {
            case "metadata.labels" -> pod.labels().getOrDefault(key, "");
            case "metadata.annotations" -> pod.annotations().getOrDefault(key, "");
            default -> null;
        };
    }

    /** {@code key="value"}, one a line, in the order of keys. */
    private static String lines(Map<String, String> texts) {
        return new TreeMap<>(texts)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=\""
                                + entry.getValue()
                                        .replace("\\", "\\\\")
                                        .replace("\"", "\\\"")
                                        .replace("\n", "\\n")
                                + "\"")
                        .collect(Collectors.joining("\n"));
    }

    private static @Nullable String text(@Nullable Long number) {
        return number == null ? null : number.toString();
    }

    private static String first(List<String> texts) {
        return texts.isEmpty() ? "" : texts.getFirst();
    }
}
