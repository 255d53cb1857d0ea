package dev.backingservice;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// The laws of the packages.
@AnalyzeClasses(
    packages = "dev.backingservice",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "dev.backingservice.";

  /// Methods of a JDBC driver that ask the server.
  private static final String DRIVEN =
      "setAutoCommit|commit|rollback|prepareStatement|createStatement|execute.*|getWarnings";

  /// Each package may be used by these, and by nobody else.
  private static final Map<String, List<String>> USERS =
      Map.of(
          "api", List.of("status", "observe", "report", "operator"),
          "plan", List.of("status", "observe", "act", "report", "operator"),
          "status", List.of("observe", "report", "operator"),
          "binding", List.of("observe", "act", "operator"),
          "engine", List.of("observe", "act", "operator"),
          "kube", List.of("observe", "act", "operator"),
          "tls", List.of("observe", "act", "operator"),
          "observe", List.of("operator"),
          "act", List.of("operator"),
          "report", List.of("operator"));

  /// The engines that speak SQL.
  private static final String[] SQL = {
    "dev.backingservice.engine.postgresql..", "dev.backingservice.engine.mysql.."
  };

  /// A driver converts what a server sends, whatever that costs.
  @ArchTest
  static final ArchRule ROWS_ARE_READ_AS_TEXT =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.backingservice.engine.jdbc..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.sql.ResultSet");

  /// What a driver throws may be text of the server, and some of what it does asks the server in a
  /// way of its own.
  @ArchTest
  static final ArchRule DRIVERS_ARE_CALLED_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.backingservice.engine.jdbc..")
          .should()
          .callMethodWhere(
              describe(
                  "a driver asks the server",
                  call ->
                      call.getTargetOwner().getPackageName().equals("java.sql")
                          && call.getName().matches(DRIVEN)));

  @ArchTest
  static void aClassDependsOnLowerFloorsOnly(JavaClasses program) {
    var layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
    layers = layers.layer("model").definedBy(ROOT + "model..");
    layers = layers.layer("operator").definedBy(ROOT + "operator..");
    for (var name : USERS.keySet()) layers = layers.layer(name).definedBy(ROOT + name + "..");
    layers = layers.whereLayer("operator").mayNotBeAccessedByAnyLayer();
    for (var name : USERS.keySet())
      layers =
          layers.whereLayer(name).mayOnlyBeAccessedByLayers(USERS.get(name).toArray(String[]::new));
    layers.check(program);
  }

  @ArchTest
  static final ArchRule enginesDoNotKnowEachOtherAndWhatTheyShareKnowsNone =
      slices()
          .matching("dev.backingservice.engine.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              DescribedPredicate.alwaysTrue(), resideInAPackage("dev.backingservice.engine.wire.."))
          .ignoreDependency(
              resideInAnyPackage(SQL), resideInAPackage("dev.backingservice.engine.jdbc.."));

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
              "dev.backingservice.binding..",
              "dev.backingservice.tls..")
          .should()
          .callMethod("dev.backingservice.model.Sensitive", "reveal");

  @ArchTest
  static final ArchRule onlyActWrites =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "act..", ROOT + "kube..", ROOT + "engine..")
          .should()
          .callMethodWhere(Writing.METHODS);

  @ArchTest
  static final ArchRule onlyKubeWritesToTheApiServer =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "kube..")
          .should()
          .callMethodWhere(Writing.TO_THE_API_SERVER);

  @ArchTest
  static final ArchRule jdbcStaysWithTheEnginesThatSpeakSql =
      noClasses()
          .that(
              resideInAPackage("dev.backingservice..")
                  .and(DescribedPredicate.not(resideInAnyPackage(SQL)))
                  .and(
                      DescribedPredicate.not(resideInAPackage("dev.backingservice.engine.jdbc.."))))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "org.postgresql..", "org.mariadb..");

  @ArchTest
  static final ArchRule eachDriverStaysWithItsEngine =
      noClasses()
          .that()
          .resideOutsideOfPackage(SQL[0])
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.postgresql..");

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
