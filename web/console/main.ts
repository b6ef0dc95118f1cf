import "./state/setup-secret.ts";
import { mount } from "svelte";
import "../shared/tokens.css";
import "../shared/base.css";
import "./page.css";
import App from "./App.svelte";

const target = document.getElementById("app");
if (target) mount(App, { target });
