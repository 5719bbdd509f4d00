// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.explain.Evidence.Labelled;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NearMissTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            app=wbe          |                                  | selector app=wbe matches no pod; there are no pods in namespace shop
            app=wbe          | 3 app=web; 1 app=db              | selector app=wbe matches no pod; 3 pods have app=web
            app=wbe          | 1 app=web,v=1; 2 app=web,v=2     | selector app=wbe matches no pod; 3 pods have app=web
            app=WEB          | 1 app=web; 5 app=wobbly          | selector app=WEB matches no pod; 1 pod has app=web
            app=web,tier=be  | 1 app=web,tier=front; 2 app=db   | selector app=web,tier=be matches no pod; 1 pod has tier=front
            app=web,tier=be  | 4 app=web                        | selector app=web,tier=be matches no pod; 4 pods have no label tier
            app=web          | 2 ap=web                         | selector app=web matches no pod; 2 pods have ap=web
            app=web          | 1 role=db                        | selector app=web matches no pod; the 1 pod there has none of these labels
            app=web          | 2 role=db; 1 zone=a              | selector app=web matches no pod; the 3 pods there have none of these labels
            part=shop,app=wx | 9 part=shop; 1 app=wx            | selector part=shop,app=wx matches no pod; 1 pod has no label part
            """)
    void the_nearest_labels_are_told(String selector, String pods, String sentence) {
        List<Labelled> labelled = pods == null
                ? List.of()
                : Arrays.stream(pods.split(";"))
                        .map(String::strip)
                        .map(pod -> pod.split(" "))
                        .map(pod -> new Labelled(labels(pod[1]), Integer.parseInt(pod[0])))
                        .toList();
        assertThat(NearMiss.of(labels(selector), "shop", labelled).sentence()).isEqualTo(sentence);
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String label : text.split(",")) {
            labels.put(label.substring(0, label.indexOf('=')), label.substring(label.indexOf('=') + 1));
        }
        return labels;
    }
}
