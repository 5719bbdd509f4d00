// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of Events. The old version, {@code v1}, is judged leniently for clients of long ago: hardly more than that an
 * event lives where its object does. An event that has an {@code eventTime} is a new one and must say more; the version
 * {@code events.k8s.io/v1} takes new ones only and changes nothing in them but their series. Errors name the fields of the
 * old version whichever is asked, as Kubernetes' do.
 *
 * @param strict whether it is {@code events.k8s.io/v1}
 */
record EventDefinition(boolean strict) implements Definition {
    private static final Traits LENIENT_TRAITS =
            new Traits(Traits.NameRule.PATH_SEGMENT, Traits.Generation.NONE, true, true);
    private static final Traits STRICT_TRAITS =
            new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.NONE, true, true);
    private static final Set<String> TIMES = Set.of("eventTime", "firstTimestamp", "lastTimestamp");
    private static final List<String> FIXED = List.of(
            "involvedObject",
            "reason",
            "message",
            "source",
            "firstTimestamp",
            "lastTimestamp",
            "count",
            "type",
            "eventTime",
            "action",
            "related",
            "reportingComponent",
            "reportingInstance");
    private static final int SHORT_BYTES = 128;
    private static final int MESSAGE_BYTES = 1024;

    @Override
    public Traits traits() {
        return strict ? STRICT_TRAITS : LENIENT_TRAITS;
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree event = new Tree(object);
        Errors errors = new Errors().addAll(any(event)).addAll(MetaValidation.create(event, traits().name()));
        if (!strict) {
            return errors.list();
        }
        errors.addAll(series(event));
        if (time(event, "eventTime") == null) {
            errors.required("eventTime", "");
        }
        String type = event.text("type", "");
        if (!type.equals("Normal") && !type.equals("Warning")) {
            errors.invalid("type", "", "has invalid value: " + type);
        }
        for (String old : List.of("firstTimestamp", "lastTimestamp", "count", "source")) {
            if (value(event, old) != null) {
                errors.invalid(old, "", "needs to be unset");
            }
        }
        return errors.list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree event = new Tree(object);
        Tree before = new Tree(old);
        Errors errors = new Errors().addAll(any(event)).addAll(MetaValidation.update(event, before));
        if (!strict) {
            return errors.list();
        }
        if (!Objects.equals(event.value("series"), before.value("series"))) {
            errors.addAll(series(event));
        }
        for (String field : FIXED) {
            if (!Objects.equals(value(event, field), value(before, field))) {
                Object now = event.value(name(field));
                errors.invalid(path(field), now == null ? "" : now, "field is immutable");
            }
        }
        return errors.list();
    }

    /** What holds in both versions. */
    private List<Invalid> any(Tree event) {
        Errors errors = new Errors();
        String home = event.tree("metadata").text("namespace", "");
        String about = event.tree(name("involvedObject")).text("namespace", "");
        boolean fresh = time(event, "eventTime") != null;
        boolean astray = about.isEmpty()
                ? !home.equals("default") && !(fresh ? home.equals("kube-system") : home.isEmpty())
                : !fresh && !home.equals(about);
        if (astray) {
            errors.invalid("involvedObject.namespace", about, "does not match event.namespace");
        }
        if (fresh) {
            String reporter = event.text(name("reportingComponent"), "");
            needed("reportingComponent", reporter, Integer.MAX_VALUE, errors);
            errors.invalid(path("reportingComponent"), reporter, Names.qualified(reporter));
            needed("reportingInstance", event.text("reportingInstance", ""), SHORT_BYTES, errors);
            needed("action", event.text("action", ""), SHORT_BYTES, errors);
            needed("reason", event.text("reason", ""), SHORT_BYTES, errors);
            tooLong("message", event.text(name("message"), ""), MESSAGE_BYTES, errors);
        }
        return errors.list();
    }

    private void needed(String field, String text, int most, Errors errors) {
        if (text.isEmpty()) {
            errors.required(path(field), "");
        }
        tooLong(field, text, most, errors);
    }

    private static void tooLong(String field, String text, int most, Errors errors) {
        if (text.getBytes(StandardCharsets.UTF_8).length > most) {
            errors.invalid(field, "", "can have at most " + most + " characters");
        }
    }

    private static List<Invalid> series(Tree event) {
        Errors errors = new Errors();
        if (event.value("series") instanceof Map<?, ?>) {
            Tree series = event.tree("series");
            if (series.whole("count", 0) < 2) {
                errors.invalid("series.count", "", "should be at least 2");
            }
            if (ObjectMeta.instant(series.text("lastObservedTime")) == null) {
                errors.required("series.lastObservedTime", "");
            }
        }
        return errors.list();
    }

    /** What a field says; null when it says nothing. Times are the same however they are written. */
    private @Nullable Object value(Tree event, String field) {
        if (TIMES.contains(field)) {
            return time(event, field);
        }
        Object value = event.value(name(field));
        boolean nothing = "".equals(value)
                || value instanceof Number number && number.longValue() == 0
                || value instanceof Map<?, ?> map && map.values().stream().allMatch(""::equals);
        return nothing ? null : value;
    }

    private @Nullable Instant time(Tree event, String field) {
        Instant time = ObjectMeta.instant(event.text(name(field)));
        return time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
    }

    /** What the version that is asked calls a field of the old one. */
    private String name(String field) {
        return strict ? EventNames.NEW.getOrDefault(field, field) : field;
    }

    /** What errors call it: only the reporter has a name for each version. */
    private String path(String field) {
        return field.equals("reportingComponent") ? name(field) : field;
    }
}
