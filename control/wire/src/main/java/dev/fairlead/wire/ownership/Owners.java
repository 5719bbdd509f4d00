// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.ownership;

import dev.fairlead.wire.ownership.Owner.Operation;
import dev.fairlead.wire.ownership.Owner.Who;
import dev.fairlead.wire.schema.ObjectType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All owners of an object's fields, and what writes make of them. */
public final class Owners {
    /** Nobody owns anything: a new object. */
    public static final Owners NONE = new Owners(Map.of());

    /** Who owned fields before anybody told who it is. */
    private static final String BEFORE = "before-first-apply";

    /** Who owns what the oldest of too many owners owned. */
    private static final String ANCIENT = "ancient-changes";

    private static final int MOST_UPDATERS = 10;
    /** What the server itself decides belongs to nobody. */
    private static final List<String> SERVERS = List.of(
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion");

    private static final Comparator<Owner> ORDER = Comparator.comparing(
                    (Owner owner) -> owner.who().operation())
            .thenComparing(Owner::time)
            .thenComparing(owner -> owner.who().manager())
            .thenComparing(owner -> owner.who().apiVersion())
            .thenComparing(owner -> owner.who().subresource());

    private final Map<Who, Owner> owners;

    private Owners(Map<Who, Owner> owners) {
        this.owners = owners;
    }

    /** Those that {@code metadata.managedFields} tells of; null when it cannot be understood. */
    public static @Nullable Owners read(@Nullable Object managedFields) {
        Map<Who, Owner> owners = new LinkedHashMap<>();
        for (Object entry : managedFields instanceof List<?> list ? list : List.of()) {
            Owner owner = entry instanceof Map<?, ?> map ? Owner.read(map) : null;
            if (owner == null) {
                return null;
            }
            owners.put(owner.who(), owner);
        }
        return new Owners(owners);
    }

    /** As {@code metadata.managedFields}. */
    public List<Object> tree() {
        return owners.values().stream().sorted(ORDER).<Object>map(Owner::tree).toList();
    }

    /** Whether nobody owns anything. */
    public boolean isEmpty() {
        return owners.isEmpty();
    }

    /** Who an owner is, for writes other than apply. */
    public static Who updater(String manager, String apiVersion, String subresource) {
        return new Who(manager, Operation.Update, apiVersion, subresource);
    }

    /** After {@code who} made {@code after} of {@code before}: what it changed is its own, and nobody else's any more. */
    public Owners updated(
            ObjectType kind, Map<String, Object> before, Map<String, Object> after, Who who, String time) {
        Difference difference = Difference.of(kind, before, after);
        if (difference.isNone()) {
            return this;
        }
        Map<Who, Owner> changed = yielding(difference, who);
        Owner own = owners.get(who);
        FieldSet had = own == null ? FieldSet.NONE : own.fields();
        put(changed, who, had.minus(difference.removed()).plus(difference.touched()), time);
        return new Owners(capped(changed));
    }

    /**
     * What applying makes of an object.
     *
     * @param object what shall be
     * @param owners who owns it then
     */
    public record Applied(Map<String, Object> object, Owners owners) {}

    /**
     * Applies what {@code manager} wants: its fields are put in their places, those that it owned and does not name any
     * more go unless somebody else owns them.
     *
     * @param live the object; empty for one that is not there yet
     * @param wished what is applied, without fields that cannot be written here
     * @param force whether fields that others own are taken from them
     * @param before what the same manager applied last in another way: fields that are still as it says are its own
     * @throws ApplyConflict when the values of fields that others own would change, unless forced
     */
    public Applied apply(
            ObjectType kind,
            Map<String, Object> live,
            Map<String, Object> wished,
            Who who,
            String time,
            boolean force,
            Map<String, Object> before)
            throws ApplyConflict {
        try {
            return apply(kind, live, wished, who, time, force);
        } catch (ApplyConflict conflict) {
            FieldSet own = Fields.of(kind, before).minus(Fields.changed(kind, live, before));
            if (before.isEmpty() || !conflict.fields().minus(own).isEmpty()) {
                throw conflict;
            }
            return apply(kind, live, wished, who, time, true);
        }
    }

    private Applied apply(
            ObjectType kind, Map<String, Object> live, Map<String, Object> wished, Who who, String time, boolean force)
            throws ApplyConflict {
        if (owners.isEmpty() && !live.isEmpty()) {
            Who before = new Who(BEFORE, Operation.Update, who.apiVersion(), "");
            Owner everything = new Owner(before, time, owned(Fields.of(kind, live)));
            return new Owners(Map.of(before, everything)).apply(kind, live, wished, who, time, force);
        }
        FieldSet wanted = owned(Fields.of(kind, wished));
        Owner own = owners.get(who);
        FieldSet others = owners.values().stream()
                .filter(owner -> !owner.who().equals(who))
                .map(Owner::fields)
                .reduce(wanted, FieldSet::plus);
        FieldSet gone = own == null ? FieldSet.NONE : notNeeded(own.fields(), others);
        Map<String, Object> object = Joining.without(kind, Joining.join(kind, live, wished), gone);
        Difference difference = Difference.of(kind, live, object);
        if (!force) {
            refuse(difference, who);
        }
        Map<Who, Owner> changed = yielding(difference, who);
        put(changed, who, wanted, time);
        return new Applied(object, new Owners(changed));
    }

    /** The fields of {@code had} that nobody needs: no one else owns them, nor anything within them. */
    private static FieldSet notNeeded(FieldSet had, FieldSet others) {
        return had.minus(others.withPlaces());
    }

    private void refuse(Difference difference, Who who) throws ApplyConflict {
        Map<Who, FieldSet> conflicts = new LinkedHashMap<>();
        owners.values().stream().sorted(ORDER).forEach(owner -> {
            FieldSet common = owner.fields().and(difference.touched());
            if (!owner.who().equals(who) && !common.isEmpty()) {
                conflicts.put(owner.who(), common);
            }
        });
        if (!conflicts.isEmpty()) {
            throw new ApplyConflict(conflicts);
        }
    }

    /** The owners but {@code who}, without the fields that changed or went. */
    private Map<Who, Owner> yielding(Difference difference, Who who) {
        Map<Who, Owner> left = new LinkedHashMap<>();
        owners.forEach((other, owner) -> {
            if (other.equals(who)) {
                left.put(other, owner);
                return;
            }
            FieldSet rest = owner.fields().minus(difference.touched()).minus(difference.removed());
            if (!rest.isEmpty()) {
                left.put(other, owner.with(rest));
            }
        });
        return left;
    }

    private static void put(Map<Who, Owner> owners, Who who, FieldSet fields, String time) {
        Owner before = owners.get(who);
        if (fields.isEmpty()) {
            owners.remove(who);
        } else if (before == null || !before.fields().equals(fields)) {
            owners.put(who, new Owner(who, time, fields));
        }
    }

    /** At most so many that do not apply; the oldest of more become one. */
    private static Map<Who, Owner> capped(Map<Who, Owner> owners) {
        List<Owner> updaters = new ArrayList<>(owners.values().stream()
                .filter(owner -> owner.who().operation() == Operation.Update)
                .sorted(ORDER)
                .toList());
        if (updaters.size() <= MOST_UPDATERS) {
            return owners;
        }
        Map<Who, Owner> capped = new LinkedHashMap<>(owners);
        for (Owner oldest : updaters.subList(0, updaters.size() - MOST_UPDATERS + 1)) {
            capped.remove(oldest.who());
            Who ancient = new Who(
                    ANCIENT,
                    Operation.Update,
                    oldest.who().apiVersion(),
                    oldest.who().subresource());
            Owner known = capped.get(ancient);
            capped.put(
                    ancient,
                    known == null
                            ? new Owner(ancient, oldest.time(), oldest.fields())
                            : known.with(known.fields().plus(oldest.fields())));
        }
        return capped;
    }

    /** Without what belongs to nobody. */
    static FieldSet owned(FieldSet fields) {
        FieldSet metadata = fields.at(Step.field("metadata"));
        for (String name : SERVERS) {
            metadata = metadata.without(Step.field(name));
        }
        if (metadata.itself()) {
            metadata = metadata.minus(FieldSet.ITSELF);
        }
        return fields.without(Step.field("apiVersion"))
                .without(Step.field("kind"))
                .with(Step.field("metadata"), metadata);
    }

    /**
     * What one version of an object has otherwise than another.
     *
     * @param touched fields that are new or have another value
     * @param removed fields that are gone
     */
    private record Difference(FieldSet touched, FieldSet removed) {
        static Difference of(ObjectType kind, Map<String, Object> before, Map<String, Object> after) {
            FieldSet added = Fields.missing(kind, after, before);
            return new Difference(
                    owned(added.plus(Fields.changed(kind, before, after))), owned(Fields.missing(kind, before, after)));
        }

        boolean isNone() {
            return touched.isEmpty() && removed.isEmpty();
        }
    }
}
