// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import dev.fairlead.junit.loading.OpenClusters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Classes of tests run as JUnit runs them; what they are given is noted, and compared. */
class FairleadExtensionTest {
    /** Who was given which cluster. */
    private static final Map<String, String> GIVEN = new ConcurrentHashMap<>();

    private static final Map<String, FairleadCluster> KEPT = new ConcurrentHashMap<>();

    private static final ConcurrentLinkedQueue<String> NOTES = new ConcurrentLinkedQueue<>();

    private static void note(String who, FairleadCluster cluster) {
        GIVEN.put(who, cluster.name() + " " + cluster.api());
        KEPT.put(who, cluster);
    }

    @BeforeEach
    void forget() {
        GIVEN.clear();
        KEPT.clear();
        NOTES.clear();
    }

    private static Events run(Class<?>... classes) {
        return run(Map.of(), classes);
    }

    private static Events run(Map<String, String> parameters, Class<?>... classes) {
        EngineTestKit.Builder kit = EngineTestKit.engine("junit-jupiter").configurationParameters(parameters);
        for (Class<?> one : classes) {
            kit.selectors(selectClass(one));
        }
        List<?> before = OpenClusters.HERE.all();
        Events events = kit.execute().allEvents();
        assertThat(OpenClusters.HERE.all()).as("JUnit has closed what it began").isEqualTo(before);
        return events;
    }

    private static void closedSince(String when, String who) {
        FairleadCluster kept = KEPT.get(who);
        assertThatThrownBy(kept::events)
                .hasMessage("the cluster \"" + kept.name() + "\" is closed, since the end of " + when);
    }

    private static Optional<Throwable> failure(Events events, String test) {
        return events.finished().stream()
                .filter(event -> event.getTestDescriptor().getDisplayName().contains(test))
                .map(event ->
                        event.getRequiredPayload(TestExecutionResult.class).getThrowable())
                .findFirst()
                .orElseThrow();
    }

    private static void succeeded(Events events) {
        assertThat(events.failed().stream().map(Event::toString)).isEmpty();
        assertThat(events.finished().count()).isPositive();
    }

    @Fairlead(plainHttp = true, manifests = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n")
    static class Checkout {
        Checkout(FairleadCluster cluster) {
            note("constructor", cluster);
        }

        @BeforeAll
        static void first(FairleadCluster cluster) {
            note("beforeAll", cluster);
        }

        @BeforeEach
        void before(FairleadCluster cluster) {
            note("beforeEach", cluster);
        }

        @Test
        void one(FairleadCluster cluster) {
            note("one", cluster);
            assertThat(System.getProperty("kubeconfig"))
                    .isEqualTo(cluster.kubeconfig().toString());
            assertThat(cluster.ask("GET", "/api/v1/namespaces/default/configmaps/settings", null)
                            .status())
                    .isEqualTo(200);
        }

        @Test
        @Fairlead(plainHttp = true)
        void withAClusterOfItsOwn(FairleadCluster cluster) {
            note("own", cluster);
            assertThat(System.getProperty("kubeconfig"))
                    .isEqualTo(cluster.kubeconfig().toString());
        }

        @Nested
        class Inside {
            @Test
            void two(FairleadCluster cluster) {
                note("two", cluster);
            }
        }

        @Nested
        @Fairlead(plainHttp = true)
        class Apart {
            @Test
            void three(FairleadCluster cluster) {
                note("three", cluster);
            }
        }
    }

    @Test
    void aClassSharesOneCluster() {
        System.setProperty("kubeconfig", "as it was before");
        try {
            succeeded(run(Checkout.class));
            assertThat(System.getProperty("kubeconfig")).isEqualTo("as it was before");
        } finally {
            System.clearProperty("kubeconfig");
        }
        assertThat(GIVEN.get("one"))
                .startsWith("checkout http://")
                .isEqualTo(GIVEN.get("beforeAll"))
                .isEqualTo(GIVEN.get("two"));
        assertThat(GIVEN.get("own")).startsWith("with-a-cluster-of-its-own ");
        assertThat(GIVEN.get("three")).startsWith("apart ");
        closedSince(Checkout.class.getName(), "one");
        closedSince(Checkout.class.getName() + ".withAClusterOfItsOwn", "own");
    }

    @Fairlead(value = Fairlead.Scope.METHOD, plainHttp = true)
    static class EachAlone {
        private final String constructed;

        EachAlone(FairleadCluster cluster) {
            constructed = cluster.name();
        }

        @BeforeEach
        void before(FairleadCluster cluster) {
            assertThat(cluster.name()).isEqualTo(constructed);
            NOTES.add(cluster.name());
        }

        @Test
        void one(FairleadCluster cluster) {
            assertThat(cluster.name()).isEqualTo(constructed);
        }

        @Test
        void two() {}
    }

    @Fairlead(value = Fairlead.Scope.METHOD, plainHttp = true)
    static class TooEarly {
        @BeforeAll
        static void first(FairleadCluster cluster) {
            note("never", cluster);
        }

        @Test
        void never() {}
    }

    @Test
    void eachMethodHasACluster() {
        succeeded(run(EachAlone.class));
        assertThat(NOTES).containsExactlyInAnyOrder("one", "two");
        assertThat(failure(run(TooEarly.class), "TooEarly").orElseThrow())
                .hasStackTraceContaining("each test has its own (@Fairlead(METHOD))");
    }

    @Fairlead(value = Fairlead.Scope.SHARED, plainHttp = true)
    static class First {
        @Test
        void first(FairleadCluster cluster) {
            note("first", cluster);
        }
    }

    @Fairlead(value = Fairlead.Scope.SHARED, plainHttp = true)
    static class Second {
        @Test
        void second(FairleadCluster cluster) {
            note("second", cluster);
        }
    }

    @Fairlead(value = Fairlead.Scope.SHARED, plainHttp = true, patienceSeconds = 5)
    static class Other {
        @Test
        void third(FairleadCluster cluster) {
            note("third", cluster);
        }
    }

    @Test
    void classesWithTheSameOptionsShare() {
        succeeded(run(First.class, Second.class, Other.class));
        assertThat(GIVEN.get("first")).startsWith("shared ").isEqualTo(GIVEN.get("second"));
        assertThat(GIVEN.get("third")).startsWith("shared-2 ");
        closedSince("the run", "first");
    }

    @Fairlead(plainHttp = true, patienceSeconds = 1)
    static class Failing {
        @BeforeEach
        void apply(FairleadCluster cluster) {
            cluster.apply("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: backend}
                    spec: {selector: {app: backend}, ports: [{port: 8080}]}
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: frontend, labels: {app: frontend}}
                    spec: {containers: [{name: web, image: example/web}]}
                    """);
            cluster.pod("frontend").awaitReady();
        }

        @Test
        void waits(FairleadCluster cluster) {
            cluster.service("backend").awaitReady();
        }

        @Test
        void asksForNobody(FairleadCluster cluster) {
            cluster.service("bakcend").uri();
        }

        @AfterEach
        void fails() {
            throw new IllegalStateException("after");
        }
    }

    @Test
    void aFailureTellsWhatHappened() {
        Events events = run(Failing.class);
        Throwable waited = failure(events, "waits").orElseThrow();
        assertThat(waited)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("waited 1 s for Service backend to be ready, in vain")
                .hasMessageContaining("app=backend")
                .hasMessageContaining("frontend Running ready");
        assertThat(waited.getSuppressed()).hasSize(2);
        assertThat(List.of(waited.getSuppressed()).toString())
                .contains("events of the cluster failing:", "Started pod/frontend: Started container web");
        assertThat(failure(events, "asksForNobody").orElseThrow())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no Service \"bakcend\"; did you mean \"backend\"?");
    }

    /** Both have begun, neither has ended. */
    private static CountDownLatch both = new CountDownLatch(2);

    private static void meet(FairleadCluster cluster) throws InterruptedException {
        both.countDown();
        assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
        NOTES.add(cluster.name() + " " + System.getProperty("kubeconfig"));
        metAgain.countDown();
        assertThat(metAgain.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private static CountDownLatch metAgain = new CountDownLatch(2);

    @Fairlead(plainHttp = true)
    static class Left {
        @Test
        void meets(FairleadCluster cluster) throws InterruptedException {
            meet(cluster);
        }
    }

    @Fairlead(plainHttp = true)
    static class Right {
        @Test
        void meets(FairleadCluster cluster) throws InterruptedException {
            meet(cluster);
        }
    }

    @Test
    void whileTestsRunAtOnceThePropertyNamesNoneOfTheirClusters() {
        both = new CountDownLatch(2);
        metAgain = new CountDownLatch(2);
        succeeded(run(
                Map.of(
                        "junit.jupiter.execution.parallel.enabled", "true",
                        "junit.jupiter.execution.parallel.mode.default", "concurrent",
                        "junit.jupiter.execution.parallel.config.executor-service", "WORKER_THREAD_POOL",
                        "junit.jupiter.execution.parallel.config.strategy", "fixed",
                        "junit.jupiter.execution.parallel.config.fixed.parallelism", "2"),
                Left.class,
                Right.class));
        assertThat(NOTES).hasSize(2).allSatisfy(note -> assertThat(note).endsWith("-kubeconfig"));
        assertThat(NOTES).anyMatch(note -> note.startsWith("left ")).anyMatch(note -> note.startsWith("right "));
        assertThat(System.getProperty("kubeconfig")).isNull();
    }

    @Test
    void namesAreThoseOfTestsAsDnsLabels() {
        assertThat(ScopeName.label("CheckoutTest")).isEqualTo("checkout");
        assertThat(ScopeName.label("HTTPServerIT")).isEqualTo("http-server");
        assertThat(ScopeName.label("Tests")).isEqualTo("tests");
        assertThat(ScopeName.label("survives_a $loss")).isEqualTo("survives-a-loss");
        assertThat(ScopeName.label("überlebt")).isEqualTo("berlebt");
        assertThat(ScopeName.label("日本")).isEqualTo("test");
        assertThat(ScopeName.label("a".repeat(80))).hasSize(56);
    }
}
