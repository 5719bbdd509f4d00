// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a test still holds of a cluster that is closed says so, and where it was closed. */
@Timeout(120)
class ClosedClusterTest {
    private static final ClusterOptions PLAIN = ClusterOptions.usual().withPlainHttp();

    /** What may be asked all the same, and why. */
    private static final Map<String, String> ALWAYS = Map.of(
            "FairleadCluster.close", "may be called twice",
            "FairleadCluster.name", "is said in messages about it",
            "TestPod.name", "is said in messages about it",
            "TestPod.namespace", "is said in messages about it",
            "TestService.name", "is said in messages about it");

    /** Something of each type that a method wants. */
    private static final Map<Class<?>, Object> ARGUMENTS = Map.of(
            String.class,
            "x",
            String[].class,
            new String[] {"x"},
            int.class,
            1,
            Duration.class,
            Duration.ofMillis(1),
            HttpHandler.class,
            (HttpHandler) exchange -> {},
            BooleanSupplier.class,
            (BooleanSupplier) () -> true);

    /** All interfaces of this library that somebody gets who has a cluster. */
    private static Set<Class<?>> handles() {
        Set<Class<?>> found = new LinkedHashSet<>();
        Deque<Class<?>> left = new ArrayDeque<>(List.of(FairleadCluster.class));
        while (!left.isEmpty()) {
            Class<?> handle = left.poll();
            if (found.add(handle)) {
                methods(handle)
                        .map(Method::getGenericReturnType)
                        .flatMap(ClosedClusterTest::named)
                        .filter(type ->
                                type.isInterface() && type.getPackage().equals(FairleadCluster.class.getPackage()))
                        .forEach(left::add);
            }
        }
        return found;
    }

    private static Stream<Class<?>> named(Type type) {
        return switch (type) {
            case Class<?> plain -> Stream.of(plain);
            case ParameterizedType several ->
                Arrays.stream(several.getActualTypeArguments()).flatMap(ClosedClusterTest::named);
            default -> Stream.of();
        };
    }

    private static Stream<Method> methods(Class<?> handle) {
        return Arrays.stream(handle.getMethods()).filter(method -> !Modifier.isStatic(method.getModifiers()));
    }

    private static Object call(Object handle, Method method) throws Throwable {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(type -> Objects.requireNonNull(ARGUMENTS.get(type), () -> "an argument for " + method))
                .toArray();
        try {
            return String.valueOf(method.invoke(handle, arguments));
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    @Test
    void everyMethodOfEveryHandleSaysWhereItWasClosed() {
        FairleadCluster cluster = FairleadCluster.start(PLAIN.withName("gone"));
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, labels: {app: web}}
                spec: {containers: [{name: web, image: example/web}]}
                """);
        TestPod listed = cluster.listPods("app=web").getFirst();
        Map<Class<?>, Object> held = Map.of(
                FairleadCluster.class, cluster,
                TestPod.class, cluster.pod("web").slow(Duration.ZERO),
                TestService.class, cluster.service("kubernetes"),
                PodGroup.class, cluster.pods("app=web").nobody(),
                Faults.class, cluster.faults().staleReads(),
                ClusterClock.class, cluster.clock());
        assertThat(held.keySet()).isEqualTo(handles());
        assertThat(held.get(TestPod.class))
                .isEqualTo(listed)
                .hasSameHashCodeAs(listed)
                .hasToString("pod web");
        cluster.close();
        cluster.close();
        String said = "the cluster \"gone\" is closed, since dev.fairlead.junit.ClosedClusterTest"
                + ".everyMethodOfEveryHandleSaysWhereItWasClosed(ClosedClusterTest.java:";
        assertThatThrownBy(listed::isReady).hasMessageStartingWith(said);
        held.forEach((type, handle) -> methods(type).forEach(method -> {
            String name = type.getSimpleName() + "." + method.getName();
            if (ALWAYS.containsKey(name)) {
                assertThatCode(() -> call(handle, method)).as(name).doesNotThrowAnyException();
            } else {
                assertThatThrownBy(() -> call(handle, method))
                        .as(name)
                        .isExactlyInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith(said);
            }
        }));
        assertThat(listed).isEqualTo(held.get(TestPod.class)).hasToString("pod web");
    }

    @Test
    void whatWasUnderWaySaysSoToo() {
        FairleadCluster cluster = FairleadCluster.start(PLAIN.withName("early"));
        assertThatThrownBy(() -> cluster.await("nothing", Duration.ofMillis(1), () -> {
                    cluster.close();
                    return false;
                }))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the cluster \"early\" is closed, since dev.fairlead.junit.ClosedClusterTest")
                .hasCauseInstanceOf(Throwable.class);
    }
}
