/// Makes the image of the operator: a Java runtime of its own, an ahead-of-time cache trained
/// by a real run, nothing else; without a daemon and without a base image.
package dev.backingservice.image;
