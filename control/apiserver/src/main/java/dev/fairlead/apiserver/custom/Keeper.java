// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.custom;

import dev.fairlead.apiserver.custom.CustomKinds.Known;
import dev.fairlead.apiserver.request.Self;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.time.Time;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Writes into the status of definitions what became of them. Every server may do it, what is done twice does no harm. */
public final class Keeper {
    /** Keeps a definition until its objects are gone. */
    static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

    private static final String APPROVAL = "api-approved.kubernetes.io";

    private final CustomKinds kinds;
    private final Self self;
    private final Time time;
    /** Held while writing; the writes come back here and find it held. */
    private final ReentrantLock busy = new ReentrantLock();

    /** Looks after the definitions that {@code kinds} has read. */
    public Keeper(CustomKinds kinds, Self self, Time time) {
        this.kinds = kinds;
        this.self = self;
        this.time = time;
    }

    /** Brings the table up to date with the store and the definitions' status with the table. */
    public void settle() {
        if (busy.isHeldByCurrentThread()) {
            return;
        }
        busy.lock();
        try {
            look();
        } finally {
            busy.unlock();
        }
    }

    private void look() {
        kinds.refresh();
        boolean wrote = false;
        for (Known each : kinds.known()) {
            wrote |= status(each);
        }
        if (wrote) {
            kinds.refresh();
        }
    }

    private boolean status(Known known) {
        Tree status = known.definition().tree("status");
        Map<String, Object> wanted = new LinkedHashMap<>();
        List<Object> conditions = conditions(known);
        if (!conditions.equals(status.value("conditions"))) {
            wanted.put("conditions", conditions);
        }
        Object names = known.definition().tree("spec").value("names");
        if (known.verdict().accepted() && names != null && !names.equals(status.value("acceptedNames"))) {
            wanted.put("acceptedNames", names);
        }
        if (wanted.isEmpty()) {
            return false;
        }
        Map<String, Object> metadata =
                Map.of("resourceVersion", Long.toString(known.entry().modRevision()));
        self.patch(
                kinds.definitions().path("", known.name()) + "/status", Map.of("metadata", metadata, "status", wanted));
        return true;
    }

    private List<Object> conditions(Known known) {
        AcceptedNames.Verdict verdict = known.verdict();
        Conditions conditions = new Conditions(known.definition(), Timestamps.seconds(time.now()));
        if (verdict.accepted()) {
            conditions.set("NamesAccepted", true, "NoConflicts", "no conflicts found");
            conditions.set("Established", true, "InitialNamesAccepted", "the initial names have been accepted");
        } else {
            conditions.set("NamesAccepted", false, verdict.reason(), verdict.message());
            conditions.set("Established", false, "NotAccepted", "not all names are accepted");
        }
        String approval =
                known.definition().tree("metadata").textMap("annotations").getOrDefault(APPROVAL, "");
        if (DefinitionRules.isProtected(known.definition().tree("spec").text("group", ""))) {
            boolean approved = !approval.startsWith("unapproved");
            conditions.set(
                    "KubernetesAPIApprovalPolicyConformant",
                    approved,
                    approved ? "ApprovedAnnotation" : "UnapprovedAnnotation",
                    approved ? "approved in " + approval : "not approved: \"" + approval + "\"");
        }
        return conditions.list();
    }

    /** What the definition's end was asked for: to be kept until its objects are gone. */
    public static void mark(Draft definition, String now) {
        List<String> finalizers =
                new ArrayList<>(definition.view().tree("metadata").texts("finalizers"));
        if (!finalizers.contains(FINALIZER)) {
            finalizers.add(FINALIZER);
            definition.child("metadata").set("finalizers", List.copyOf(finalizers));
        }
        Conditions conditions = new Conditions(definition.view(), now);
        conditions.set(
                "Terminating",
                true,
                "InstanceDeletionPending",
                "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon");
        definition.child("status").set("conditions", conditions.list());
    }
}
