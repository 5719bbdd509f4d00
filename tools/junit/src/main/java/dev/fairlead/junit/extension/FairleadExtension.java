// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.extension;

import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/** Gives tests their cluster and clients of it; closes it when its scope ends. Registered by {@link Fairlead}. */
public final class FairleadExtension
        implements BeforeAllCallback,
                AfterAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                ParameterResolver,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private static final Namespace OURS = Namespace.create(FairleadExtension.class);

    /** For JUnit. */
    public FairleadExtension() {}

    /** An annotation, and the test or class that carries it. */
    private record Wish(Fairlead wanted, ExtensionContext at) {
        /** The nearest: at the method, at the class, at a class around it. */
        static Optional<Wish> of(ExtensionContext context) {
            for (ExtensionContext at = context; at != null; at = at.getParent().orElse(null)) {
                Optional<Fairlead> found =
                        at.getElement().flatMap(element -> AnnotationSupport.findAnnotation(element, Fairlead.class));
                if (found.isPresent()) {
                    return Optional.of(new Wish(found.get(), at));
                }
            }
            return Optional.empty();
        }

        boolean perMethod() {
            return at.getTestMethod().isPresent() || wanted.value() == Fairlead.Scope.METHOD;
        }

        /** Who has the cluster: it is closed when that ends. */
        ExtensionContext owner(ExtensionContext context) {
            if (perMethod()) {
                return context;
            }
            return wanted.value() == Fairlead.Scope.SHARED ? context.getRoot() : at;
        }

        /** Stores show what stores around them hold: each owner's own cluster has a key of its own. */
        private Object key(ExtensionContext owner) {
            return owner.getParent().isEmpty()
                    ? List.of(Held.options(wanted), List.of(wanted.manifests()))
                    : owner.getUniqueId();
        }

        Held held(ExtensionContext context) {
            ExtensionContext owner = owner(context);
            return owner.getStore(OURS)
                    .computeIfAbsent(
                            key(owner),
                            any -> Held.start(wanted, ScopeName.of(owner), ScopeName.end(owner)),
                            Held.class);
        }

        @Nullable
        Held heldAlready(ExtensionContext context) {
            ExtensionContext owner = owner(context);
            return owner.getStore(OURS).get(key(owner), Held.class);
        }
    }

    private static Wish wish(ExtensionContext context) {
        return Wish.of(context)
                .orElseThrow(
                        () -> new IllegalStateException("@Fairlead is missing: write it at the class or the test"));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Wish.of(context).filter(wish -> !wish.perMethod()).ifPresent(wish -> begin(context, wish));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        begin(context, wish(context));
    }

    private static void begin(ExtensionContext context, Wish wish) {
        property(context)
                .begin(context.getUniqueId(), wish.held(context).cluster().kubeconfig());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        property(context).end(context.getUniqueId());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        property(context).end(context.getUniqueId());
    }

    private static KubeconfigProperty property(ExtensionContext context) {
        return context.getRoot()
                .getStore(OURS)
                .computeIfAbsent(KubeconfigProperty.class, any -> new KubeconfigProperty(), KubeconfigProperty.class);
    }

    /** A constructor's parameters belong to the test that the object is made for. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == FairleadCluster.class || Clients.knows(type);
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Wish wish = wish(context);
        if (wish.perMethod() && context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException("there is no cluster here: each test has its own (@Fairlead("
                    + wish.wanted().value() + ")); ask for it in the test, or in a @BeforeEach method");
        }
        Held held = wish.held(context);
        Class<?> type = parameter.getParameter().getType();
        return type == FairleadCluster.class ? held.cluster() : held.clients().get(type);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw told(context, failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw told(context, failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw told(context, failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw told(context, failure);
    }

    @Override
    public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw told(context, failure);
    }

    private static Throwable told(ExtensionContext context, Throwable failure) {
        Held held = wish(context).heldAlready(context);
        if (held != null && !(failure instanceof TestAbortedException)) {
            Told.with(failure, held.cluster());
        }
        return failure;
    }
}
