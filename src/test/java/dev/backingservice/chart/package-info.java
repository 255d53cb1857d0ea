/// The chart, rendered by helm and tried on a real API server.
package dev.backingservice.chart;
