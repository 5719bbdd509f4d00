// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "1e-5, 1e-05",
        "0.00025, 0.00025",
        "0.0001, 0.0001",
        "0.00001234, 1.234e-05",
        "-2.5e-7, -2.5e-07",
        "0, 0",
        "16384, 16384",
        "0.25, 0.25",
        "2.5e6, 2500000",
        "1e-100, 1e-100",
        "1e21, 1e+21",
        "1.5e300, 1.5e+300",
        "123456.5, 123456.5"
    })
    void bounds_are_written_as_prometheus_writes_them(double bound, String text) {
        metrics.histogram("h", "H.", new double[] {bound}).observe(0);
        assertThat(metrics.text()).contains("h_bucket{le=\"" + text + "\"} ");
    }

    @Test
    void mistakes_are_refused() {
        Counter counter = metrics.counter("one", "One.", "a");
        assertThatThrownBy(counter::add).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> metrics.counter("one", "Again.")).isInstanceOf(IllegalStateException.class);
    }
}
