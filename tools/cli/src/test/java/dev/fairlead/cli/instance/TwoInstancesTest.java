// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two complete instances in one JVM have nothing in common. */
final class TwoInstancesTest {
    @TempDir
    private Path scratch = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void eachServesItsOwnShop(String network) throws Exception {
        try (Running one = Running.start(network, scratch.resolve("one"), "one");
                Running two = Running.start("loopback", scratch.resolve("two"), "two")) {
            assertThat(one.instance().block()).isNotEqualTo(two.instance().block());
            assertThat(one.instance().address()).isNotEqualTo(two.instance().address());
            one.shop().apply();
            assertThat(two.shop().client().list(Resources.NAMESPACES, Selection.ALL).items().stream()
                            .map(Shop::name)
                            .map(name -> name.name()))
                    .doesNotContain(Shop.NAMESPACE);
            two.shop().apply();
            for (Running each : List.of(one, two)) {
                each.shop().awaitReady("frontend", 3);
                each.shop().awaitReady("backend", 3);
                each.shop().reachesAll(each.service("frontend"));
            }
            one.shop().scale("backend", 1);
            one.shop().awaitReady("backend", 1);
            assertThat(two.shop().pods("backend")).hasSize(3);
            two.shop().reachesAll(two.service("frontend"));
        }
    }
}
