// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy of a Service fit each other, and what of them may change. */
final class ServiceAddressRules {
    private static final String IPS = "spec.clusterIPs";
    private static final String FAMILIES = "spec.ipFamilies";
    private static final String POLICY = "spec.ipFamilyPolicy";
    private static final String ONCE = "may not change once set";

    private ServiceAddressRules() {}

    /** What does not fit. {@code old} vouches for the form of addresses it already has; null at creation. */
    static List<Invalid> check(ServiceShape shape, @Nullable ServiceShape old) {
        Errors errors = new Errors();
        if (shape.externalName()) {
            return List.of();
        }
        List<String> addresses = shape.clusterIps();
        inStep(shape.spec().text("clusterIP", ""), addresses, errors);
        families(shape, errors);
        boolean malformed = addresses(addresses, old, errors);
        if (addresses.size() > 2) {
            errors.invalid(IPS, addresses, "may only hold up to 2 values");
        }
        if (malformed) {
            return errors.list();
        }
        if (addresses.size() > 1 && !oneOfEach(addresses)) {
            errors.invalid(IPS, addresses, "may specify no more than one IP for each IP family");
        }
        if (!shape.headless()) {
            inFamily(addresses, shape.spec().texts("ipFamilies"), errors);
        }
        return errors.list();
    }

    private static void inStep(String clusterIp, List<String> addresses, Errors errors) {
        if (clusterIp.isEmpty()) {
            if (!addresses.isEmpty()) {
                errors.invalid(IPS, addresses, "must be empty when `clusterIP` is not specified");
            }
        } else if (addresses.isEmpty()) {
            errors.required(IPS, "");
        } else if (!addresses.getFirst().equals(clusterIp)) {
            errors.invalid(IPS, addresses, "first value must match `clusterIP`");
        }
    }

    private static void families(ServiceShape shape, Errors errors) {
        Set<String> seen = new HashSet<>();
        List<String> families = shape.spec().texts("ipFamilies");
        for (int i = 0; i < families.size(); i++) {
            String path = FAMILIES + "[" + i + "]";
            if (!List.of("IPv4", "IPv6").contains(families.get(i))) {
                errors.add(Invalid.notSupported(path, families.get(i), List.of("IPv4", "IPv6")));
            }
            if (!seen.add(families.get(i))) {
                errors.duplicate(path, families.get(i));
            }
        }
        List<String> policies = List.of("PreferDualStack", "RequireDualStack", "SingleStack");
        String policy = shape.spec().text("ipFamilyPolicy");
        if (policy != null && !policies.contains(policy)) {
            errors.add(Invalid.notSupported(POLICY, policy, policies));
        }
    }

    private static boolean addresses(List<String> addresses, @Nullable ServiceShape old, Errors errors) {
        boolean malformed = false;
        for (int i = 0; i < addresses.size(); i++) {
            String text = addresses.get(i);
            if (i == 0 && text.equals("None")) {
                if (addresses.size() > 1) {
                    malformed = true;
                    errors.invalid(IPS, addresses, "'None' must be the first and only value");
                }
            } else if (old == null || !old.clusterIps().contains(text)) {
                List<String> wrong = AddressSyntax.ip(text);
                errors.invalid(IPS + "[" + i + "]", text, wrong);
                malformed |= !wrong.isEmpty();
            }
        }
        return malformed;
    }

    private static boolean oneOfEach(List<String> addresses) {
        return addresses.size() == 2
                && addresses.getFirst().contains(":") != addresses.getLast().contains(":");
    }

    private static void inFamily(List<String> addresses, List<String> families, Errors errors) {
        for (int i = 0; i < Math.min(addresses.size(), families.size()); i++) {
            String family = addresses.get(i).contains(":") ? "IPv6" : "IPv4";
            String expected = families.get(i);
            if (!family.equals(expected) && (expected.equals("IPv4") || expected.equals("IPv6"))) {
                errors.invalid(
                        IPS + "[" + i + "]",
                        addresses.get(i),
                        "expected an " + expected + " value as indicated by `ipFamilies[" + i + "]`");
            }
        }
    }

    /** What an update may not do: the first address and family stay; the second comes and, with SingleStack, goes. */
    static List<Invalid> checkChange(ServiceShape shape, ServiceShape old) {
        boolean bothHeadless = shape.headless() && old.headless();
        if (shape.externalName() || old.externalName() || bothHeadless) {
            return List.of();
        }
        Errors errors = new Errors();
        changedAddresses(shape, old, errors);
        if (shape.headless() == old.headless()) {
            changedFamilies(shape, old, errors);
        }
        return errors.list();
    }

    private static void changedAddresses(ServiceShape shape, ServiceShape old, Errors errors) {
        List<String> now = shape.clusterIps();
        List<String> before = old.clusterIps();
        if (now.isEmpty() && !before.isEmpty()) {
            errors.invalid(IPS + "[0]", now, "primary clusterIP can not be unset");
        }
        int compared = now.size() == before.size() ? now.size() : Math.min(1, Math.min(now.size(), before.size()));
        for (int i = 0; i < compared; i++) {
            if (!now.get(i).equals(before.get(i))) {
                errors.invalid(IPS + "[" + i + "]", now, ONCE);
            }
        }
        releasedOnlyBySingleStack(shape, now, before, "clusterIP", errors);
    }

    private static void changedFamilies(ServiceShape shape, ServiceShape old, Errors errors) {
        List<String> now = shape.spec().texts("ipFamilies");
        List<String> before = old.spec().texts("ipFamilies");
        if (now.isEmpty() && !before.isEmpty()) {
            errors.invalid(FAMILIES + "[0]", now, "primary ipFamily can not be unset");
        }
        boolean whole = now.size() == before.size();
        boolean first = !now.isEmpty() && !before.isEmpty() && !now.getFirst().equals(before.getFirst());
        if (whole ? !now.equals(before) : first) {
            errors.invalid(FAMILIES + "[0]", now, ONCE);
        }
        releasedOnlyBySingleStack(shape, now, before, "ipFamily", errors);
    }

    private static void releasedOnlyBySingleStack(
            ServiceShape shape, List<String> now, List<String> before, String what, Errors errors) {
        String policy = shape.spec().text("ipFamilyPolicy", "");
        if (now.size() == 1 && before.size() > 1 && !policy.equals("SingleStack")) {
            errors.invalid(POLICY, policy, "must be set to 'SingleStack' when releasing the secondary " + what);
        }
    }
}
