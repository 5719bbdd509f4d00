// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ServiceFamilies;
import dev.fairlead.core.definition.ServiceShape;
import dev.fairlead.core.definition.ServiceValidation;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a write to a Service reserves and releases.
 *
 * <p>How it works: the Service comes defaulted and prepared ({@code Definition.forCreate} or {@code forUpdate}). Its
 * families are settled, then everything about it is validated, and only then addresses and ports are chosen, so that a
 * refused write costs nothing and its author sees all errors. The result is the whole Service and two differences, for one
 * commit.
 */
public final class ServiceAllocation {
    private final ClusterNetwork network;
    private final ClusterIpBlocks blocks;
    private final Taken taken;
    private final RandomGenerator random;

    /**
     * Allocation in a cluster as it is now.
     *
     * @param blocks where ClusterIPs come from
     * @param taken what is reserved, by the Service in question too
     * @param random chooses where the search for a free address or port begins
     */
    public ServiceAllocation(ClusterNetwork network, ClusterIpBlocks blocks, Taken taken, RandomGenerator random) {
        this.network = network;
        this.blocks = blocks;
        this.taken = taken;
        this.random = random;
    }

    /**
     * Plans a create ({@code old} null) or an update.
     *
     * @param service the Service, defaulted and prepared; not changed
     * @param old the stored Service that it would replace, or null
     */
    public Plan plan(Map<String, Object> service, @Nullable Map<String, Object> old) {
        return plan(Draft.copyOf(service), old);
    }

    /** What the end of a Service gives back. */
    public static Plan.Accepted release(Map<String, Object> service) {
        ServiceShape shape = new ServiceShape(new Tree(service));
        return new Plan.Accepted(service, List.of(), shape.addresses(), Set.of(), shape.reservedPorts());
    }

    private Plan plan(Draft draft, @Nullable Map<String, Object> oldTree) {
        List<Invalid> errors = settled(draft, oldTree);
        if (!errors.isEmpty()) {
            return new Plan.Refused(errors);
        }
        ServiceShape old = oldTree == null ? null : new ServiceShape(new Tree(oldTree));
        Plan stopped = fillAddresses(draft, old);
        if (stopped == null) {
            stopped = new NodePortDraft(network, taken, random).fill(draft, old);
        }
        return stopped != null ? stopped : accepted(draft, old);
    }

    /** Settles the families; everything that is wrong with the Service before allocation. */
    private List<Invalid> settled(Draft draft, @Nullable Map<String, Object> old) {
        List<Invalid> families = ServiceFamilies.settle(draft, old == null ? null : new Tree(old), network);
        Map<String, Object> tree = draft.tree();
        List<Invalid> others = old == null
                ? ServiceValidation.create(new Tree(tree), network)
                : ServiceValidation.update(new Tree(tree), new Tree(old), network);
        // Unsettled families make the checks that build on them meaningless.
        Stream<Invalid> rest = others.stream()
                .filter(error -> !allocatedLater(error))
                .filter(error -> families.isEmpty() || !aboutFamilies(error));
        return Stream.concat(families.stream(), rest).distinct().toList();
    }

    private static boolean allocatedLater(Invalid error) {
        return error.kind() == Invalid.Kind.REQUIRED && error.path().equals("spec.healthCheckNodePort");
    }

    private static boolean aboutFamilies(Invalid error) {
        return error.path().startsWith("spec.clusterIP") || error.path().startsWith("spec.ipFamil");
    }

    private @Nullable Plan fillAddresses(Draft draft, @Nullable ServiceShape old) {
        ServiceShape shape = new ServiceShape(draft.view());
        if (!shape.hasClusterIps()) {
            return null;
        }
        List<String> own = old == null ? List.of() : old.clusterIps();
        List<String> texts = new ArrayList<>(shape.clusterIps());
        List<IpFamily> families = shape.families();
        for (int i = 0; i < families.size(); i++) {
            if (i < texts.size()) {
                Plan stopped = checkAsked(texts.get(i), own, texts);
                if (stopped != null) {
                    return stopped;
                }
                continue;
            }
            Optional<IpAddress> address = blocks.next(families.get(i), taken::address, random);
            if (address.isEmpty()) {
                return new Plan.Exhausted("failed to allocate a serviceIP: range is full");
            }
            texts.add(address.get().toString());
        }
        draft.child("spec").set("clusterIPs", new ArrayList<Object>(texts)).set("clusterIP", texts.getFirst());
        return null;
    }

    private @Nullable Plan checkAsked(String text, List<String> own, List<String> all) {
        if (own.contains(text)) {
            return null;
        }
        IpAddress address = IpAddress.of(text);
        return blocks.refusal(address, taken::address)
                .map(why -> new Plan.Refused(List.of(Invalid.invalid(
                        "spec.clusterIPs", List.copyOf(all), "failed to allocate IP " + text + ": " + why))))
                .orElse(null);
    }

    private static Plan accepted(Draft draft, @Nullable ServiceShape old) {
        ServiceShape shape = new ServiceShape(draft.view());
        List<IpAddress> before = old == null ? List.of() : old.addresses();
        Set<Integer> portsBefore = old == null ? Set.of() : old.reservedPorts();
        return new Plan.Accepted(
                draft.tree(),
                without(shape.addresses(), before),
                without(before, shape.addresses()),
                new LinkedHashSet<>(without(shape.reservedPorts(), portsBefore)),
                new LinkedHashSet<>(without(portsBefore, shape.reservedPorts())));
    }

    private static <T> List<T> without(Collection<T> all, Collection<T> those) {
        return all.stream().filter(one -> !those.contains(one)).toList();
    }
}
