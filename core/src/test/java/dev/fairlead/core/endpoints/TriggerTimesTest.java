// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TriggerTimesTest {
    /** When the Service was created, then when each pod's readiness last changed; minutes, or a dash for never. */
    record Row(String rule, String before, String now, String since) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("the first look", "", "1 5 6", "1"),
                new Row("nothing", "1 5 6", "1 5 6", "-"),
                new Row("one pod", "1 5 6", "1 5 7", "7"),
                new Row("two pods: the earlier", "1 5 6", "1 9 8", "8"),
                new Row("a pod more", "1 5", "1 5 6", "6"),
                new Row("a pod less", "1 5 6", "1 5", "-"),
                new Row("a pod that went back", "1 5 6", "1 4 6", "-"),
                new Row("a pod without the condition", "1 5 6", "1 5 -", "-"),
                new Row("another Service of the name", "1 5", "8 9", "8"));
    }

    private static String time(String minute) {
        return "'2026-11-21T06:0" + minute + ":00Z'";
    }

    private static TriggerTimes times(String text) {
        String[] minutes = text.split(" ");
        Service service =
                Service.from(new Tree(Flow.of("{metadata: {name: web, creationTimestamp: " + time(minutes[0]) + "}}")));
        List<Pod> pods = new ArrayList<>();
        for (int i = 1; i < minutes.length; i++) {
            String condition =
                    minutes[i].equals("-") ? "" : "{type: Ready, lastTransitionTime: " + time(minutes[i]) + "}";
            pods.add(Sketch.pod("p" + i, "{}", "{conditions: [" + condition + "]}"));
        }
        return TriggerTimes.of(service, pods);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void nameWhatMovedOn(Row row) {
        var since = times(row.now).since(row.before.isEmpty() ? null : times(row.before));
        assertThat("'" + since + "'").isEqualTo(row.since.equals("-") ? "'null'" : time(row.since));
    }
}
