// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.core.explain.Evidence.ServiceSeen;
import dev.fairlead.core.explain.Explanation.State;
import dev.fairlead.core.explain.Explanation.Step;
import dev.fairlead.core.explain.Explanation.Verdict;
import dev.fairlead.core.explain.Question.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Goes the way from the definition to connections and notes what it finds.
 *
 * <p>How this works: every stage looks at the evidence and tells its step and the causes it sees. A stage tells only what
 * is wrong in itself: that there are no routes because no pod is ready is told by readiness alone. Causes that concern
 * everybody come before those that concern some; among equals the order of {@link Cause.Kind} decides.
 */
final class Examination {
    private final Evidence evidence;
    private final List<Cause> causes = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    Examination(Evidence evidence) {
        this.evidence = evidence;
    }

    Explanation explain() {
        ServiceSeen seen = evidence.service();
        if (seen == null) {
            new Nothing(this).look();
            return finished("nothing is reached at " + evidence.question().target(), "");
        }
        Service service = seen.service();
        Definitions definitions = new Definitions(this, service);
        definitions.look();
        new Allocations(this, seen).look();
        if (service.type() == ServiceType.EXTERNAL_NAME) {
            for (Stage stage : Stage.values()) {
                if (stage.compareTo(Stage.ALLOCATION) > 0) {
                    skip(stage, "names alone: nothing to select, route or program");
                }
            }
        } else {
            List<ServicePort> ports = definitions.asked();
            new Selections(this, service).look();
            new Readiness(this, service).look();
            new SliceCheck(this, service, ports).look();
            RouteCheck routes = new RouteCheck(this, service, ports);
            routes.look();
            new Programmed(this, service, ports).look();
            new Connections(this, service, ports).look();
            routes.finish();
        }
        return finished("Service " + service.name(), Described.briefly(service, evidence));
    }

    private Explanation finished(String subject, String brief) {
        causes.sort(Comparator.comparing((Cause cause) -> !cause.breaks()).thenComparing(Cause::kind));
        steps.sort(Comparator.comparing(Step::stage));
        Verdict verdict =
                causes.isEmpty() ? Verdict.WELL : causes.getFirst().breaks() ? Verdict.BROKEN : Verdict.IMPAIRED;
        String summary = switch (verdict) {
            case WELL -> subject + ": all is well" + (brief.isEmpty() ? "" : "; " + brief);
            case IMPAIRED -> subject + " works, but not for everybody";
            case BROKEN -> evidence.service() == null ? capital(subject) : subject + " does not work";
        };
        return new Explanation(subject, verdict, summary, List.copyOf(causes), List.copyOf(steps));
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    Evidence evidence() {
        return evidence;
    }

    /** The Service's name, for commands. */
    static String kubectl(ObjectName name) {
        return "-n " + name.namespace() + " ";
    }

    void ok(Stage stage, String found) {
        steps.add(new Step(stage, State.OK, found, ""));
    }

    void fault(Stage stage, String found, String expected) {
        steps.add(new Step(stage, State.FAULT, found, expected));
    }

    void skip(Stage stage, String why) {
        steps.add(new Step(stage, State.SKIPPED, why, ""));
    }

    /** A step that is a fault exactly if a cause of its stage was told. */
    void step(Stage stage, String found, String expected) {
        if (causes.stream().anyMatch(cause -> cause.kind().stage() == stage)) {
            fault(stage, found, expected);
        } else {
            ok(stage, found);
        }
    }

    /** Nobody gets an answer because of it. */
    void breaks(Cause.Kind kind, String found, String expected, String fix) {
        causes.add(new Cause(kind, true, found, expected, fix));
    }

    /** Some clients, pods or ports are concerned. */
    void impairs(Cause.Kind kind, String found, String expected, String fix) {
        causes.add(new Cause(kind, false, found, expected, fix));
    }

    void tell(boolean breaks, Cause.Kind kind, String found, String expected, String fix) {
        causes.add(new Cause(kind, breaks, found, expected, fix));
    }

    /** Whether an earlier stage has said why nobody gets an answer. */
    boolean broken() {
        return causes.stream().anyMatch(Cause::breaks);
    }

    /** Whether anything is known to be wrong. */
    boolean wrong() {
        return !causes.isEmpty();
    }

    boolean told(Cause.Kind kind) {
        return causes.stream().anyMatch(cause -> cause.kind() == kind);
    }

    /** Whether the question is about a node port. */
    boolean byNodePort() {
        return evidence.question().target() instanceof Target.NodePort;
    }
}
