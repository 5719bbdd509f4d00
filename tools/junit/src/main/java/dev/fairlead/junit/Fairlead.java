// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import dev.fairlead.junit.extension.FairleadExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a JUnit test a {@link FairleadCluster}. Parameters of that type, of fabric8's {@code KubernetesClient} and of the
 * official client's {@code ApiClient} are filled in, in tests, in {@code @BeforeEach} and {@code @BeforeAll} methods and in
 * constructors. The system property {@code kubeconfig}, which fabric8 and others look at, names the cluster's file while the test runs.
 * When a test fails, the events of its cluster come with the failure.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@ExtendWith(FairleadExtension.class)
public @interface Fairlead {
    /** How long a cluster lives. */
    Scope value() default Scope.CLASS;

    /** What is applied before the first test: as for {@link FairleadCluster#apply}. */
    String[] manifests() default {};

    /** Whether the API speaks HTTP without TLS: {@link ClusterOptions#plainHttp}. */
    boolean plainHttp() default false;

    /** Whether containers' commands run as processes: {@link ClusterOptions#processes}. */
    boolean processes() default false;

    /** How many seconds a method of the cluster waits before it fails. */
    int patienceSeconds() default 30;

    /** How long a cluster lives. */
    enum Scope {
        /** One cluster for each class: its tests see each other's objects. */
        CLASS,
        /** A fresh cluster for each test. */
        METHOD,
        /** One cluster for all classes with the same options, closed at the end of all tests. */
        SHARED
    }
}
