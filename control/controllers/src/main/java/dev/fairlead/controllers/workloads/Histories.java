// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.workloads;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Revisions;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.OwnWrites;
import dev.fairlead.controllers.Ownership;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.rollout.Template;
import dev.fairlead.core.definition.ControllerRevision;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.StatefulSet;
import dev.fairlead.core.definition.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The templates that StatefulSets had, kept as ControllerRevisions. */
final class Histories {
    private static final String HASH = "controller.kubernetes.io/hash";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final Comparator<ControllerRevision> BY_NUMBER = Comparator.comparingLong(
                    ControllerRevision::revision)
            .thenComparing(revision -> revision.meta().name());

    private final ApiClient client;
    private final Observed seen;
    private final OwnWrites<ControllerRevision> writes;

    /** @param again is told of sets whose history was not yet seen when it was asked for */
    Histories(ApiClient client, Observed seen, Consumer<ObjectName> again) {
        this.client = client;
        this.seen = seen;
        this.writes = new OwnWrites<>(seen.revisions, again);
    }

    /**
     * The templates that count now.
     *
     * @param current the one pods had before the last change
     * @param updated the set's own
     */
    record Two(ControllerRevision current, ControllerRevision updated) {}

    /** Whether the history of {@code set} lacks what was just written; it will come back by itself. */
    boolean unseen(StatefulSet set) {
        return writes.unseen(set.name());
    }

    /** The templates of {@code set}, its own written down if it is new; null when its name is taken for now. */
    @Nullable
    Two of(StatefulSet set) throws IOException, InterruptedException {
        List<ControllerRevision> all = all(set);
        ControllerRevision known = all.stream()
                .filter(revision -> Template.same(bare(revision), set.template()))
                .max(BY_NUMBER)
                .orElse(null);
        long last = all.stream().mapToLong(ControllerRevision::revision).max().orElse(0);
        ControllerRevision updated = known == null ? made(set, last + 1) : known;
        if (known != null && known.revision() < last) {
            updated = numbered(set, known, last + 1);
        }
        if (updated == null) {
            return null;
        }
        ControllerRevision current = all.stream()
                .filter(revision -> revision.meta().name().equals(set.status().currentRevision()))
                .findFirst()
                .orElse(updated);
        return new Two(current, updated);
    }

    /** The pod template in a revision. */
    static Map<String, Object> bare(ControllerRevision revision) {
        Map<String, Object> template = new LinkedHashMap<>(revision.template());
        template.remove("$patch");
        return template;
    }

    /** Forgets what is beyond the set's limit, the oldest first; {@code used} names what pods were made from. */
    void forget(StatefulSet set, Set<String> used) throws IOException, InterruptedException {
        List<ControllerRevision> old = new ArrayList<>(all(set).stream()
                .filter(revision -> !used.contains(revision.meta().name()))
                .sorted(BY_NUMBER)
                .toList());
        int surplus = set.revisionHistoryLimit() < 0 ? 0 : Math.max(0, old.size() - set.revisionHistoryLimit());
        for (ControllerRevision revision : old.subList(0, surplus)) {
            client.deleteIfThere(
                    Resources.CONTROLLER_REVISIONS,
                    revision.meta().objectName(),
                    Deletion.of(revision.meta().uid()));
        }
    }

    private List<ControllerRevision> all(StatefulSet set) {
        return seen.revisionsOf(set.meta().uid());
    }

    private @Nullable ControllerRevision made(StatefulSet set, long number) throws IOException, InterruptedException {
        String hash = Template.hash(set.template(), set.status().collisionCount());
        Map<String, Object> object = object(set, hash, number);
        try {
            return kept(set, client.create(Resources.CONTROLLER_REVISIONS, object));
        } catch (ApiError error) {
            if (!error.isAlreadyExists()) {
                throw error;
            }
            return taken(set, new ObjectName(set.meta().namespace(), set.meta().name() + "-" + hash));
        }
    }

    /** The name is there already: ours, nobody's any more, or somebody else's, which asks for another name. */
    private @Nullable ControllerRevision taken(StatefulSet set, ObjectName name)
            throws IOException, InterruptedException {
        Tree found = client.find(Resources.CONTROLLER_REVISIONS, name);
        if (found == null) {
            return null;
        }
        ControllerRevision revision = ControllerRevision.from(found);
        OwnerReference owner = revision.meta().controller();
        if (Template.same(bare(revision), set.template())) {
            if (owner != null && owner.uid().equals(set.meta().uid())) {
                return kept(set, found);
            }
            if (owner == null && !revision.meta().deleting()) {
                long written = Ownership.adopt(
                        client,
                        Resources.CONTROLLER_REVISIONS,
                        revision.meta(),
                        controller(set),
                        Resources.STATEFUL_SETS,
                        set.meta().namespace());
                if (written != 0) {
                    writes.wrote(set.name(), written);
                }
                return written == 0 ? null : revision;
            }
        }
        Integer before = set.status().collisionCount();
        Map<String, Object> status = Values.object("collisionCount", before == null ? 1L : before + 1L);
        client.patch(Resources.STATEFUL_SETS, set.name(), "status", new Patch.Merge(Values.object("status", status)));
        return null;
    }

    private ControllerRevision numbered(StatefulSet set, ControllerRevision revision, long number)
            throws IOException, InterruptedException {
        Patch patch = new Patch.Merge(
                Values.object("metadata", Values.object("uid", revision.meta().uid()), "revision", number));
        return kept(
                set,
                client.patch(Resources.CONTROLLER_REVISIONS, revision.meta().objectName(), patch));
    }

    private ControllerRevision kept(StatefulSet set, Tree written) {
        writes.wrote(set.name(), Revisions.of(written));
        return ControllerRevision.from(written);
    }

    private static OwnerReference controller(StatefulSet set) {
        return Ownership.controller("apps/v1", "StatefulSet", set.meta());
    }

    private static Map<String, Object> object(StatefulSet set, String hash, long number) {
        Map<String, Object> labels = new LinkedHashMap<>(
                new Tree(set.template()).tree("metadata").tree("labels").fields());
        labels.put(HASH, hash);
        Map<String, Object> annotations = new LinkedHashMap<>(set.meta().annotations());
        annotations.remove(LAST_APPLIED);
        Map<String, Object> metadata = Values.object(
                "namespace",
                set.meta().namespace(),
                "name",
                set.meta().name() + "-" + hash,
                "labels",
                labels,
                "annotations",
                annotations,
                "ownerReferences",
                List.of(controller(set).tree()));
        Map<String, Object> template = new LinkedHashMap<>(set.template());
        template.put("$patch", "replace");
        return Values.object(
                "apiVersion",
                "apps/v1",
                "kind",
                "ControllerRevision",
                "metadata",
                metadata,
                "data",
                Values.object("spec", Values.object("template", template)),
                "revision",
                number);
    }
}
