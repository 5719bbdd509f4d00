// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass.Predicates;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules about code that no module descriptor can say, each with its reason. */
class CodeRulesTest {
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/META-INF/")) // the server that tools/junit carries
                .importPaths(Repository.classFolders());
    }

    @Test
    void coreIsPure() {
        noClasses()
                .that()
                .resideInAPackage("dev.fairlead.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.net..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.lang.foreign..",
                        "java.util.concurrent..",
                        "java.util.logging..",
                        "java.sql..")
                .because(
                        "core decides with values: no sockets, files, threads or locks, so that every rule can be tested alone")
                .check(classes);
        noClasses()
                .that()
                .resideInAPackage("dev.fairlead.core..")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(System.Logger.class)
                .because("time and randomness enter core as arguments")
                .check(classes);
    }

    @Test
    void stagesOfCoreSeeOnlyTheDefinitions() {
        slices().matching("dev.fairlead.core.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        DescribedPredicate.alwaysTrue(),
                        Predicates.resideInAnyPackage(
                                "dev.fairlead.core.definition..", "dev.fairlead.core.persistent.."))
                .ignoreDependency(
                        Predicates.resideInAPackage("dev.fairlead.core.explain.."), DescribedPredicate.alwaysTrue())
                .because("data flows definition, allocation, endpoints, routes; imports all point to definition, "
                        + "and to core.persistent, collections that decide nothing and know no Service; "
                        + "explain alone sees all, because it tells what the others have decided")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void onlyKernelIsNative() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.fairlead.kernel..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .because("native calls live in one module, which alone is granted native access by name")
                .check(classes);
    }

    @Test
    void clocksAreReadThroughTime() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.fairlead..")
                .and()
                .doNotHaveFullyQualifiedName("dev.fairlead.wire.time.SystemTime")
                .and()
                .resideOutsideOfPackages(
                        "dev.fairlead.kernel..", "dev.fairlead.store..", "dev.fairlead.cli..", "dev.fairlead.junit..")
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .because("every driver is given a Time, so that tests can step it")
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.fairlead.(*).(*)..")
                .should()
                .beFreeOfCycles()
                .because("a package that sees itself through another is one package")
                .check(classes);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .that()
                .resideInAPackage("dev.fairlead..")
                .and()
                .resideOutsideOfPackages("dev.fairlead.cli..")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .because("wait for a condition or use Time.schedule")
                .check(classes);
    }

    @Test
    void nothingStaticChanges() {
        fields().that()
                .areDeclaredInClassesThat()
                .resideInAPackage("dev.fairlead..")
                .and()
                .areStatic()
                .should()
                .beFinal()
                .because("state has one owner, given by constructors")
                .check(classes);
    }
}
