// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which objects of a kind: a namespace and selectors.
 *
 * @param namespace the namespace, empty for all
 * @param labels a label selector in Kubernetes' notation, empty for all
 * @param fields a field selector such as {@code spec.nodeName=n1}, empty for all
 */
public record Selection(String namespace, String labels, String fields) {
    /** Everything. */
    public static final Selection ALL = new Selection("", "", "");

    /** Everything in a namespace. */
    public static Selection in(String namespace) {
        return new Selection(namespace, "", "");
    }

    /** The same, of objects with these labels. */
    public Selection labelled(Map<String, String> wanted) {
        return new Selection(
                namespace,
                wanted.entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(",")),
                fields);
    }

    /** The same, where a field selector holds: {@code spec.nodeName=n1}. */
    public Selection where(String fieldSelector) {
        return new Selection(namespace, labels, fieldSelector);
    }
}
