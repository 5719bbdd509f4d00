// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of LoadBalancerPools, as far as one pool can be judged alone; whether its addresses are somebody else's says
 * {@code core.allocation.PoolOverlaps}.
 */
final class LoadBalancerPoolDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC, false, false);
    private static final int MOST = 256;
    private static final String LOOPBACK = "the loopback range";
    /** Blocks whose addresses no client can use as a Service's. */
    private static final List<Unfit> UNFIT = List.of(
            Unfit.of("0.0.0.0/8", "which means this network"),
            Unfit.of("127.0.0.0/8", LOOPBACK),
            Unfit.of("169.254.0.0/16", "the link-local range"),
            Unfit.of("224.0.0.0/4", "the multicast range"),
            Unfit.of("240.0.0.0/4", "which is reserved"),
            Unfit.of("::/128", "the unspecified address"),
            Unfit.of("::1/128", LOOPBACK),
            Unfit.of("fe80::/10", "the link-local range"),
            Unfit.of("ff00::/8", "the multicast range"));

    private record Unfit(Cidr block, String what) {
        static Unfit of(String block, String what) {
            return new Unfit(Cidr.of(block), what);
        }
    }

    private static final List<String> SHARING = List.of("AllNamespaces", "Never", "SameNamespace");

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        draft.child("spec").fill("autoAssign", true).fillText("sharing", "SameNamespace");
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        return new Errors()
                .addAll(MetaValidation.create(new Tree(object), TRAITS.name()))
                .addAll(spec(new Tree(object).tree("spec"), network))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        return new Errors()
                .addAll(MetaValidation.update(new Tree(object), new Tree(old)))
                .addAll(spec(new Tree(object).tree("spec"), network))
                .list();
    }

    private static List<Invalid> spec(Tree spec, ClusterNetwork network) {
        Errors errors = new Errors();
        List<String> addresses = spec.texts("addresses");
        if (addresses.isEmpty()) {
            errors.required(
                    "spec.addresses", "a pool needs addresses, such as 192.168.7.0/24 or 192.168.7.10-192.168.7.20");
        } else if (addresses.size() > MOST) {
            errors.tooMany("spec.addresses", addresses.size(), MOST);
        } else {
            for (int i = 0; i < addresses.size(); i++) {
                range("spec.addresses[" + i + "]", addresses.get(i), network, errors);
            }
        }
        return errors.oneOf("spec.sharing", spec.text("sharing"), SHARING)
                .addAll(SelectorRules.check(spec.tree("namespaceSelector"), "spec.namespaceSelector"))
                .addAll(SelectorRules.check(spec.tree("serviceSelector"), "spec.serviceSelector"))
                .list();
    }

    private static void range(String path, String text, ClusterNetwork network, Errors errors) {
        Optional<AddressRange> range = AddressRange.parse(text);
        if (range.isEmpty()) {
            errors.invalid(path, text, syntax(text));
            return;
        }
        boolean ours = network.loopbackRanges().stream()
                .anyMatch(own -> own.contains(range.get().first())
                        && own.contains(range.get().last()));
        for (Unfit unfit : UNFIT) {
            boolean allowed = ours && unfit.what.equals(LOOPBACK);
            if (!allowed && range.get().overlaps(AddressRange.of(unfit.block))) {
                errors.invalid(path, text, "may not reach into " + unfit.block + ", " + unfit.what);
            }
        }
    }

    private static List<String> syntax(String text) {
        if (text.indexOf('/') >= 0) {
            return AddressSyntax.cidr(text);
        }
        int dash = text.indexOf('-');
        if (dash < 0) {
            return AddressSyntax.ip(text);
        }
        for (String end : List.of(
                text.substring(0, dash).strip(), text.substring(dash + 1).strip())) {
            if (IpAddress.parse(end).isEmpty()) {
                return AddressSyntax.ip(end);
            }
        }
        return List.of("must begin with the lower and end with the higher of two addresses of one family");
    }
}
