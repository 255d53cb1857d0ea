# Each target is one line that calls what does the work.
JDK := $(shell .mvn/jdk)
MAVEN := JAVA_HOME="$(JDK)" $(if $(shell command -v mvn),mvn,./mvnw) --batch-mode --no-transfer-progress
SANDBOX = "$(JDK)/bin/java" -cp "target/test-classes:target/classes:$$(cat target/test.classpath)"

# what demo and sandbox show: postgresql, mysql, redis, rabbitmq, smtp
ENGINE ?= postgresql

# a kubeconfig counts only when it is written behind make: nobody's cluster is taken by surprise
ELSEWHERE := $(if $(filter command,$(firstword $(origin KUBECONFIG))),$(KUBECONFIG) $(REGISTRY))

.PHONY: test test-faults mutate demo sandbox cluster story thousand bench bench-large package image crds format clean jdk

test: jdk ## everything that is tested, against a real API server and real servers
	@rm -f target/packaged
	$(MAVEN) verify

test-faults: package ## a million interleavings instead of fifty thousand, and every fault at every write
	$(MAVEN) --quiet test-compile surefire:test -Dtest=SwapWorldTest -Dbacking.states=1000000 -Dsurefire.memory=3g
	$(MAVEN) --quiet failsafe:integration-test failsafe:verify -Dit.test=FaultsIT -Dbacking.plans=10000

mutate: jdk ## how many mutants of the deciders and codecs their unit tests kill
	$(MAVEN) --quiet test-compile org.pitest:pitest-maven:mutationCoverage

demo: package ## the whole product doing its job, in two minutes; ENGINE=mysql, redis, rabbitmq or smtp for another engine
	$(SANDBOX) dev.backingservice.sandbox.Demo $(ENGINE)

sandbox: package ## the same control plane, servers and operator, until Ctrl-C; ENGINE as for demo
	$(SANDBOX) dev.backingservice.sandbox.Playground $(ENGINE)

cluster: package ## a cluster of one node, with a network of its own, until Ctrl-C
	operator/sandbox/cluster.sh $(SANDBOX) dev.backingservice.cluster.ClusterMain

story: package ## install, swap, break, upgrade, uninstall on such a cluster, or with KUBECONFIG=... REGISTRY=... on another
	$(if $(ELSEWHERE),,operator/sandbox/cluster.sh) $(SANDBOX) dev.backingservice.cluster.Story $(ELSEWHERE)

thousand: package ## what the operator's pods take with a thousand services, on such a cluster
	operator/sandbox/cluster.sh $(SANDBOX) dev.backingservice.cluster.Thousand

bench: image ## writes the tables and plots of src/docs/performance.md; ENGINE as for demo, PARTS="start attach swap swaps settled engine" for some of them
	$(SANDBOX) dev.backingservice.bench.Bench $(ENGINE) $(PARTS)

bench-large: package ## the same for 10,000 services, 10,000 Deployments and 50,000 Secrets of others
	$(SANDBOX) dev.backingservice.bench.LargeCluster

package: target/packaged ## the operator, in target/quarkus-app

# as old as the beginning of the build: what is saved meanwhile is younger
target/packaged: pom.xml Makefile $(shell find .mvn src/main src/test) | jdk
	@mkdir -p target && touch target/packaging
	$(MAVEN) --quiet -DskipTests package
	@mv target/packaging $@

image: package ## an OCI archive of the operator, in target/backing-service-operator.tar; ARCH=arm64 or amd64 for machines of another kind
	$(SANDBOX) dev.backingservice.image.Image $(ARCH)

crds: jdk ## writes crds/ from the records
	$(MAVEN) --quiet -DskipTests process-test-classes && $(SANDBOX) dev.backingservice.crds.Crds

format: jdk ## formats every Java file
	$(MAVEN) --quiet spotless:apply

clean:
	rm -rf target

jdk:
	@test -n "$(JDK)"
