import { createRoot } from 'react-dom/client'
import { watchAttention } from './api/attention'
import { Application } from './app/Application'
import './app/app.css'

watchAttention(window)
const root = document.getElementById('root')
if (root) createRoot(root).render(<Application />)
