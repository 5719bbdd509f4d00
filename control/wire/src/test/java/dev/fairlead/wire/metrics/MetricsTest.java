// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics();

    @Test
    void metrics_are_written_as_prometheus_reads_them() {
        Counter requests = metrics.counter("requests_total", "Requests answered.", "verb", "code");
        requests.add("GET", "200");
        requests.add(2, "a\"b\\c\nd", "500");
        metrics.gauge("free", "What is left.", List.of(), () -> List.of(new Sample(List.of(), 0.5)));
        Histogram seconds = metrics.histogram("seconds", "How long.", new double[] {0.1, 1}, "cidr");
        seconds.observe(0.1, "x");
        seconds.observe(0.5, "x");
        seconds.observe(8, "x");
        assertThat(requests.count("GET", "200")).isEqualTo(1);
        assertThat(requests.count("PUT", "200")).isZero();
        assertThat(metrics.text().lines().sorted().toList())
                .containsExactlyInAnyOrder("""
                # HELP requests_total Requests answered.
                # TYPE requests_total counter
                requests_total{verb="GET",code="200"} 1
                requests_total{verb="a\\"b\\\\c\\nd",code="500"} 2
                # HELP free What is left.
                # TYPE free gauge
                free 0.5
                # HELP seconds How long.
                # TYPE seconds histogram
                seconds_bucket{cidr="x",le="0.1"} 1
                seconds_bucket{cidr="x",le="1"} 2
                seconds_bucket{cidr="x",le="+Inf"} 3
                seconds_sum{cidr="x"} 8.6
                seconds_count{cidr="x"} 3
                """.lines().toArray(String[]::new));
    }

    @Test
    void mistakes_are_refused() {
        Counter counter = metrics.counter("one", "One.", "a");
        assertThatThrownBy(counter::add).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> metrics.counter("one", "Again.")).isInstanceOf(IllegalStateException.class);
    }
}
