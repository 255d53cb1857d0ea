package dev.backingservice;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/// The laws of the packages.
@AnalyzeClasses(
    packages = "dev.backingservice",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule aClassDependsOnLowerFloorsOnly =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("model")
          .definedBy("dev.backingservice.model..")
          .layer("api")
          .definedBy("dev.backingservice.api..")
          .layer("plan")
          .definedBy("dev.backingservice.plan..")
          .layer("engine")
          .definedBy("dev.backingservice.engine..")
          .layer("kube")
          .definedBy("dev.backingservice.kube..")
          .layer("tls")
          .definedBy("dev.backingservice.tls..")
          .layer("observe")
          .definedBy("dev.backingservice.observe..")
          .layer("act")
          .definedBy("dev.backingservice.act..")
          .layer("report")
          .definedBy("dev.backingservice.report..")
          .layer("operator")
          .definedBy("dev.backingservice.operator..")
          .whereLayer("operator")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("observe")
          .mayOnlyBeAccessedByLayers("operator")
          .whereLayer("act")
          .mayOnlyBeAccessedByLayers("operator")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("operator")
          .whereLayer("api")
          .mayOnlyBeAccessedByLayers("observe", "report", "operator")
          .whereLayer("plan")
          .mayOnlyBeAccessedByLayers("observe", "act", "report", "operator")
          .whereLayer("engine")
          .mayOnlyBeAccessedByLayers("observe", "act", "operator")
          .whereLayer("kube")
          .mayOnlyBeAccessedByLayers("observe", "act", "operator")
          .whereLayer("tls")
          .mayOnlyBeAccessedByLayers("observe", "act", "operator");

  @ArchTest
  static final ArchRule thereAreNoCycles =
      slices().matching("dev.backingservice.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule modelAndPlanKnowTheJdkOnly =
      classes()
          .that()
          .resideInAnyPackage("dev.backingservice.model..", "dev.backingservice.plan..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "javax.crypto..",
              "org.jspecify..",
              "dev.backingservice.model..",
              "dev.backingservice.plan..");

  @ArchTest
  static final ArchRule decisionsTouchNoClockNoRandomnessNoThreads =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.backingservice.model..",
              "dev.backingservice.plan..",
              "dev.backingservice.report..")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class)
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.random..", "java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Random");

  @ArchTest
  static final ArchRule secretsAreRevealedAtTheWireOnly =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.backingservice.engine..",
              "dev.backingservice.kube..",
              "dev.backingservice.tls..")
          .should()
          .callMethod("dev.backingservice.model.Sensitive", "reveal");

  @ArchTest
  static final ArchRule onlyActWrites =
      noClasses()
          .that()
          .resideInAnyPackage("dev.backingservice.observe..", "dev.backingservice.report..")
          .should()
          .callMethodWhere(Writing.METHODS);

  @ArchTest
  static final ArchRule jdbcStaysWithPostgresql =
      noClasses()
          .that(
              resideInAPackage("dev.backingservice..")
                  .and(
                      DescribedPredicate.not(
                          resideInAPackage("dev.backingservice.engine.postgresql.."))))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "org.postgresql..");

  @ArchTest
  static final ArchRule namesSayWhatAThingIs =
      noClasses()
          .should()
          .haveSimpleNameContaining("Util")
          .orShould()
          .haveSimpleNameContaining("Helper")
          .orShould()
          .haveSimpleNameContaining("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .haveSimpleNameStartingWith("Abstract");
}
