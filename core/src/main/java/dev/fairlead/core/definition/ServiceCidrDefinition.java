// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/**
 * The rules of ServiceCIDRs (KEP-1880): one or two blocks, one of each family. Nothing of them changes but that a second
 * block may be added.
 */
final class ServiceCidrDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC, false, false);
    private static final String PATH = "spec.cidrs";
    private static final String IMMUTABLE = "field is immutable";

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateCreate(object, network));
        blocks(cidrs(object), errors);
        return errors.list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateUpdate(object, old, network));
        List<String> now = cidrs(object);
        List<String> before = cidrs(old);
        boolean added = before.size() == 1 && now.size() == 2;
        if (now.size() != before.size() && !added) {
            return errors.invalid(PATH, now, IMMUTABLE).list();
        }
        for (int i = 0; i < before.size(); i++) {
            if (!now.get(i).equals(before.get(i))) {
                errors.invalid(PATH + "[" + i + "]", now.get(i), IMMUTABLE);
            }
        }
        if (added) {
            blocks(now, errors);
        }
        return errors.list();
    }

    private static List<String> cidrs(Map<String, Object> object) {
        return new Tree(object).tree("spec").texts("cidrs");
    }

    private static void blocks(List<String> cidrs, Errors errors) {
        if (cidrs.isEmpty()) {
            errors.required(PATH, "at least one CIDR required");
        } else if (cidrs.size() > 2) {
            errors.invalid(PATH, cidrs, "may only hold up to 2 values");
        }
        List<IpFamily> families = cidrs.stream()
                .flatMap(text -> Cidr.parse(text).stream())
                .map(Cidr::family)
                .toList();
        if (cidrs.size() == 2 && families.size() == 2 && families.getFirst() == families.getLast()) {
            errors.invalid(
                    PATH,
                    cidrs,
                    "may specify no more than one block for each IP family, such as 192.168.0.0/24 and 2001:db8::/96");
        }
        for (int i = 0; i < cidrs.size(); i++) {
            String text = cidrs.get(i);
            String path = PATH + "[" + i + "]";
            List<String> wrong = AddressSyntax.cidr(text);
            errors.invalid(path, text, wrong);
            Cidr.parse(text)
                    .map(Cidr::toString)
                    .filter(canonical -> wrong.isEmpty() && !canonical.equals(text))
                    .ifPresent(canonical ->
                            errors.invalid(path, text, "must be in canonical form (\"" + canonical + "\")"));
        }
    }
}
