// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.custom;

import dev.fairlead.core.definition.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The conditions of a definition while some of them change; the time of one that stays as it is stays, too. */
final class Conditions {
    private final Map<String, Map<String, Object>> byType = new LinkedHashMap<>();
    private final String now;

    Conditions(Tree definition, String now) {
        this.now = now;
        definition
                .tree("status")
                .trees("conditions")
                .forEach(condition -> byType.put(condition.text("type", ""), condition.fields()));
    }

    void set(String type, boolean truth, String reason, String message) {
        Tree before = Tree.of(byType.get(type));
        String status = truth ? "True" : "False";
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put(
                "lastTransitionTime",
                status.equals(before.text("status", "")) ? before.text("lastTransitionTime", now) : now);
        condition.put("message", message);
        condition.put("reason", reason);
        condition.put("status", status);
        condition.put("type", type);
        byType.put(type, condition);
    }

    List<Object> list() {
        return List.copyOf(byType.values());
    }
}
