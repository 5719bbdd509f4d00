// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.loading;

import dev.fairlead.junit.FairleadCluster;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a test holds of a cluster: passes each call on as long as the cluster is open, and says where it was closed from then on.
 *
 * <p>How this works: a cluster and whatever of this library's public interfaces it hands out (pods, Services, its clock …) is
 * handed out behind one of these, all with the same memory of the cluster's end. So no method can forget to ask, in the engine
 * or in an interface that is added later. Values, such as {@link dev.fairlead.junit.Traffic}, are handed out as they are.
 */
final class Handle implements InvocationHandler {
    /** The package whose interfaces are held. */
    private static final String HELD = FairleadCluster.class.getPackageName();

    /** What may be asked of a closed cluster: names are said of it, too, and the JVM's resolver asks by its own rules. */
    private static final Set<String> ALWAYS = Set.of("name", "namespace", "toString", "hashCode", "equals", "resolve");

    private final Life life;
    private final Object target;

    private Handle(Life life, Object target) {
        this.life = life;
        this.target = target;
    }

    /** A cluster's life, which all handles of it share. */
    private record Life(String name, AtomicReference<@Nullable String> closed) {
        /** Whether this was the first to end it. */
        boolean end(String when) {
            return closed.compareAndSet(null, when);
        }

        /** What is said to those who come too late, or null. */
        @Nullable
        String over() {
            String when = closed.get();
            return when == null ? null : "the cluster \"" + name + "\" is closed, since " + when;
        }
    }

    /** A cluster that was just started, held. */
    static Engine.Running of(String name, Engine.Running started) {
        Life life = new Life(name, new AtomicReference<>());
        return Engine.Running.class.cast(held(life, started, Engine.Running.class));
    }

    private static Object held(Life life, Object target, Class<?>... types) {
        return Proxy.newProxyInstance(Handle.class.getClassLoader(), types, new Handle(life, target));
    }

    /** Closes a cluster that is held; {@code when} completes "closed since". */
    static void close(FairleadCluster cluster, String when) {
        if (Proxy.getInvocationHandler(cluster) instanceof Handle handle && handle.life.end(when)) {
            ((FairleadCluster) handle.target).close();
        }
    }

    @Override
    public @Nullable Object invoke(Object own, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("close")) {
            close((FairleadCluster) own, OpenClusters.place());
            return null;
        }
        boolean always = ALWAYS.contains(method.getName());
        String over = life.over();
        if (over != null && !always) {
            throw new IllegalStateException(over);
        }
        if (method.getName().equals("equals") && arguments != null) {
            return target.equals(plain(arguments[0]));
        }
        try {
            return handedOut(method.invoke(target, arguments), own);
        } catch (InvocationTargetException failed) {
            Throwable cause = Objects.requireNonNull(failed.getCause(), "thrown by a method");
            String meanwhile = life.over();
            throw meanwhile == null || always ? cause : new IllegalStateException(meanwhile, cause);
        }
    }

    /** A handle is as good as any other of the same object. */
    private static @Nullable Object plain(@Nullable Object other) {
        return other != null
                        && Proxy.isProxyClass(other.getClass())
                        && Proxy.getInvocationHandler(other) instanceof Handle handle
                ? handle.target
                : other;
    }

    private @Nullable Object handedOut(@Nullable Object result, Object own) {
        if (target.equals(result)) {
            return own;
        }
        if (result instanceof List<?> several) {
            return several.stream().map(one -> handedOut(one, own)).toList();
        }
        if (result == null) {
            return null;
        }
        Class<?>[] types = List.of(result.getClass().getInterfaces()).stream()
                .filter(type -> type.getPackageName().equals(HELD))
                .toArray(Class<?>[]::new);
        return types.length == 0 ? result : held(life, result, types);
    }
}
