// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static dev.fairlead.core.definition.IpFamily.IPV4;
import static dev.fairlead.core.definition.IpFamily.IPV6;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settles which IP families a Service has: fills in {@code ipFamilies} and {@code ipFamilyPolicy} (KEP-563).
 *
 * <p>How it works, on a cluster with both families, IPv4 first:
 *
 * <table>
 * <caption>Examples</caption>
 * <tr><th>written</th><th>settled</th></tr>
 * <tr><td>nothing</td><td>SingleStack, IPv4</td></tr>
 * <tr><td>PreferDualStack</td><td>PreferDualStack, IPv4 and IPv6</td></tr>
 * <tr><td>clusterIP fd00::5</td><td>SingleStack, IPv6</td></tr>
 * <tr><td>clusterIP None, no selector</td><td>RequireDualStack, both: somebody else writes the endpoints</td></tr>
 * <tr><td>an update to SingleStack, the rest as it was</td><td>the second family and address are given up</td></tr>
 * </table>
 */
public final class ServiceFamilies {
    private static final String POLICY = "spec.ipFamilyPolicy";

    private final ServiceShape shape;
    private final Draft spec;
    private final @Nullable ServiceShape old;
    private final ClusterNetwork network;
    private final Errors errors = new Errors();

    private ServiceFamilies(Draft service, @Nullable Tree old, ClusterNetwork network) {
        this.shape = new ServiceShape(service.view());
        this.spec = service.child("spec");
        this.old = old == null ? null : new ServiceShape(old);
        this.network = network;
    }

    /**
     * Fills in the families of {@code service}; answers what is wrong with what was written, and then has settled nothing
     * to rely on.
     *
     * @param old the Service that this would replace, or null
     */
    public static List<Invalid> settle(Draft service, @Nullable Tree old, ClusterNetwork network) {
        ServiceFamilies families = new ServiceFamilies(service, old, network);
        if (!families.shape.externalName() && !families.keepsPreference()) {
            families.settle();
        }
        return families.errors.list();
    }

    /** A Service that prefers both families neither gains nor loses one just because the cluster did. */
    private boolean keepsPreference() {
        return old != null
                && policy().equals("PreferDualStack")
                && old.spec().text("ipFamilyPolicy", "").equals("PreferDualStack")
                && shape.clusterIps().equals(old.clusterIps())
                && written().equals(old.spec().texts("ipFamilies"));
    }

    private void settle() {
        if (!spec.has("ipFamilyPolicy")) {
            spec.set("ipFamilyPolicy", defaultPolicy());
        }
        errors.addAll(ServiceAddressRules.check(shape, old));
        if (!errors.isEmpty()) {
            return;
        }
        downgrade();
        checkPolicy();
        inferFromAddresses();
        if (!errors.isEmpty()) {
            return;
        }
        if (shape.headless() && shape.spec().textMap("selector").isEmpty()) {
            fillSelectorless();
        } else {
            fill();
        }
    }

    private String defaultPolicy() {
        String before = old == null ? "" : old.spec().text("ipFamilyPolicy", "");
        if (!before.isEmpty()) {
            return before;
        }
        boolean selectorless =
                shape.headless() && shape.spec().textMap("selector").isEmpty();
        return selectorless ? "RequireDualStack" : "SingleStack";
    }

    /** An update to SingleStack gives up the second address and family; without saying so neither can be taken away. */
    private void downgrade() {
        if (old == null) {
            return;
        }
        List<String> before = old.spec().texts("ipFamilies");
        if (single()) {
            if (shape.clusterIps().equals(old.clusterIps())) {
                truncate("clusterIPs", shape.clusterIps());
            }
            if (written().equals(before)) {
                truncate("ipFamilies", written());
            }
            return;
        }
        if (reduced(shape.clusterIps(), old.clusterIps())) {
            errors.invalid(POLICY, policy(), "must be 'SingleStack' to release the secondary cluster IP");
        }
        if (reduced(written(), before)) {
            errors.invalid(POLICY, policy(), "must be 'SingleStack' to release the secondary IP family");
        }
    }

    private void checkPolicy() {
        String words = "must be 'RequireDualStack' or 'PreferDualStack' when multiple ";
        if (single() && shape.clusterIps().size() == 2) {
            errors.invalid(POLICY, policy(), words + "cluster IPs are specified");
        }
        if (single() && written().size() == 2) {
            errors.invalid(POLICY, policy(), words + "IP families are specified");
        }
    }

    private void inferFromAddresses() {
        List<String> families = new ArrayList<>(written());
        List<String> addresses = shape.headless() ? List.of() : shape.clusterIps();
        for (int i = families.size(); i < addresses.size(); i++) {
            IpFamily family = addresses.get(i).indexOf(':') < 0 ? IPV4 : IPV6;
            if (network.serviceCidr(family).isEmpty()) {
                errors.invalid(
                        "spec.clusterIPs[" + i + "]", addresses, family.text() + " is not configured on this cluster");
            } else {
                families.add(family.text());
            }
        }
        set(families);
    }

    /** Somebody else writes the endpoints of such a Service, of whatever family, also where the cluster has one only. */
    private void fillSelectorless() {
        List<String> families = new ArrayList<>(written());
        if (families.isEmpty()) {
            families.add(network.primaryFamily().text());
        }
        if (families.size() < 2 && !single()) {
            families.add(other(families.getFirst()));
        }
        set(families);
    }

    private void fill() {
        if (policy().equals("RequireDualStack") && !network.dualStack()) {
            errors.invalid(POLICY, policy(), "this cluster is not configured for dual-stack services");
        }
        List<String> configured =
                network.families().stream().map(IpFamily::text).toList();
        List<String> families = new ArrayList<>(written());
        for (int i = 0; i < families.size(); i++) {
            if (!configured.contains(families.get(i))) {
                errors.invalid("spec.ipFamilies[" + i + "]", families.get(i), "not configured on this cluster");
            }
        }
        if (!errors.isEmpty()) {
            return;
        }
        if (families.isEmpty()) {
            families.add(network.primaryFamily().text());
        }
        if (!single() && families.size() == 1 && network.dualStack()) {
            families.add(other(families.getFirst()));
        }
        set(families);
    }

    private String policy() {
        return spec.view().text("ipFamilyPolicy", "");
    }

    private boolean single() {
        return policy().equals("SingleStack");
    }

    private List<String> written() {
        return spec.view().texts("ipFamilies");
    }

    private void set(List<String> families) {
        spec.set("ipFamilies", families.isEmpty() ? null : new ArrayList<Object>(families));
    }

    private void truncate(String field, List<String> values) {
        if (values.size() > 1) {
            spec.set(field, Draft.copy(List.of(values.getFirst())));
        }
    }

    /** Whether there are fewer than before; none means that nothing was said. */
    private static boolean reduced(List<String> now, List<String> before) {
        return !now.isEmpty() && now.size() < before.size();
    }

    private static String other(String family) {
        return family.equals(IPV4.text()) ? IPV6.text() : IPV4.text();
    }
}
