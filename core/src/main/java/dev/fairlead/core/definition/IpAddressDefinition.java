// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rules of IPAddress objects (KEP-1880): named after an address, they say once and for all whose it is. */
final class IpAddressDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.PATH_SEGMENT, Traits.Generation.SPEC, false, false);
    private static final String PARENT = "spec.parentRef";

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateCreate(object, network));
        Tree tree = new Tree(object);
        name(tree.tree("metadata").text("name", ""), errors);
        Tree spec = tree.tree("spec");
        if (!spec.has("parentRef")) {
            return errors.required(PARENT, "").list();
        }
        Tree parent = spec.tree("parentRef");
        String group = parent.text("group", "");
        if (!group.isEmpty()) {
            errors.invalid(PARENT + ".group", group, Names.subdomain(group));
        }
        for (String field : List.of("resource", "name")) {
            if (parent.text(field, "").isEmpty()) {
                errors.required(PARENT + "." + field, "");
            }
        }
        for (String field : List.of("resource", "namespace", "name")) {
            String text = parent.text(field, "");
            errors.invalid(PARENT + "." + field, text, Names.pathSegment(text));
        }
        return errors.list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateUpdate(object, old, network));
        Object now = new Tree(object).tree("spec").value("parentRef");
        if (!Objects.equals(now, new Tree(old).tree("spec").value("parentRef"))) {
            errors.invalid(PARENT, now, "field is immutable");
        }
        return errors.list();
    }

    private static void name(String name, Errors errors) {
        String canonical = IpAddress.parse(name).map(IpAddress::toString).orElse("");
        if (!canonical.equals(name)) {
            errors.invalid(
                    "metadata.name",
                    name,
                    canonical.isEmpty()
                            ? "must be a valid IP address, such as 10.9.8.7 or 2001:db8::ffff"
                            : "must be an IP address in canonical form (\"" + canonical + "\")");
        }
    }
}
