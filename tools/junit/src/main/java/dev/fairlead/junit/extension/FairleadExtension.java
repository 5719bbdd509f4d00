// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.extension;

import dev.fairlead.junit.ClusterOptions;
import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Gives tests their cluster and clients of it; closes it when its scope ends. Registered by {@link Fairlead}. */
public final class FairleadExtension
        implements BeforeAllCallback,
                AfterAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                ParameterResolver,
                TestExecutionExceptionHandler {
    private static final Namespace OURS = Namespace.create(FairleadExtension.class);
    private static final String PROPERTY = "kubeconfig";
    private static final int SHOWN_EVENTS = 30;

    /** For JUnit. */
    public FairleadExtension() {}

    /** What a scope holds: JUnit closes it when the scope's store is closed. */
    private static final class Held implements AutoCloseable {
        private final FairleadCluster cluster;
        private final Clients clients;

        Held(Fairlead wanted, String name) {
            cluster = FairleadCluster.start(options(wanted).withName(name));
            clients = new Clients(cluster);
            if (wanted.manifests().length > 0) {
                cluster.apply(wanted.manifests());
            }
        }

        @Override
        public void close() {
            clients.close();
            cluster.close();
        }
    }

    private static ClusterOptions options(Fairlead wanted) {
        ClusterOptions options = ClusterOptions.usual().withPatience(Duration.ofSeconds(wanted.patienceSeconds()));
        options = wanted.plainHttp() ? options.withPlainHttp() : options;
        return wanted.processes() ? options.withProcesses() : options;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        annotation(context)
                .filter(wanted -> wanted.value() != Fairlead.Scope.METHOD)
                .ifPresent(wanted -> {
                    announce(held(context, wanted));
                });
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.clearProperty(PROPERTY);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        announce(held(context, wanted(context)));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        System.clearProperty(PROPERTY);
    }

    private static void announce(Held held) {
        System.setProperty(PROPERTY, held.cluster.kubeconfig().toString());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == FairleadCluster.class || Clients.knows(type);
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Held held = held(context, wanted(context));
        Class<?> type = parameter.getParameter().getType();
        return type == FairleadCluster.class ? held.cluster : held.clients.get(type);
    }

    private static Fairlead wanted(ExtensionContext context) {
        return annotation(context)
                .orElseThrow(
                        () -> new IllegalStateException("@Fairlead is missing: write it at the class or the test"));
    }

    /** The annotation nearest to a test: its method's, its class's, that of a class around it. */
    private static Optional<Fairlead> annotation(ExtensionContext context) {
        for (ExtensionContext at = context; at != null; at = at.getParent().orElse(null)) {
            Optional<Fairlead> found = at.getElement().map(element -> element.getAnnotation(Fairlead.class));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Held held(ExtensionContext context, Fairlead wanted) {
        boolean ofMethod = context.getElement()
                .filter(java.lang.reflect.Method.class::isInstance)
                .map(element -> element.isAnnotationPresent(Fairlead.class))
                .orElse(false);
        Fairlead.Scope scope = ofMethod ? Fairlead.Scope.METHOD : wanted.value();
        ExtensionContext owner = switch (scope) {
            case METHOD -> context;
            case CLASS -> classContext(context);
            case SHARED -> context.getRoot();
        };
        Object key = scope == Fairlead.Scope.SHARED ? List.of(options(wanted), List.of(wanted.manifests())) : "cluster";
        return owner.getStore(OURS).computeIfAbsent(key, any -> new Held(wanted, ""), Held.class);
    }

    /** The class that carries the annotation, so that nested classes share its cluster. */
    private static ExtensionContext classContext(ExtensionContext context) {
        ExtensionContext found = context;
        for (ExtensionContext at = context; at != null; at = at.getParent().orElse(null)) {
            if (at.getElement()
                    .filter(element -> element.isAnnotationPresent(Fairlead.class))
                    .isPresent()) {
                return at;
            }
            found = at;
        }
        return found;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        Held held = held(context, wanted(context));
        failure.addSuppressed(new Told(held.cluster));
        throw failure;
    }

    /** What happened in the cluster, as a part of a test's failure. */
    private static final class Told extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Told(FairleadCluster cluster) {
            super(text(cluster), null, false, false);
        }

        private static String text(FairleadCluster cluster) {
            List<String> events = cluster.events();
            int from = Math.max(0, events.size() - SHOWN_EVENTS);
            return "events of the cluster " + cluster.name() + ":"
                    + (events.isEmpty() ? " none" : "\n  " + String.join("\n  ", events.subList(from, events.size())));
        }
    }
}
